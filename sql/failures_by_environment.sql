-- By which verdicts do attempts fail most, in each environment? (top=N verdicts of each, 5 if not given)
SELECT
    environment,
    row_number() OVER failing AS place,
    verdict,
    count(*) AS attempts,
    round(count(*) / sum(count(*)) OVER (PARTITION BY environment), 3) AS share_of_failures
FROM attempts
WHERE verdict NOT IN ('solved', 'ungraded')
GROUP BY environment, verdict
WINDOW failing AS (PARTITION BY environment ORDER BY count(*) DESC, verdict)
QUALIFY place <= coalesce(getvariable('top')::BIGINT, 5)
ORDER BY environment, place;
