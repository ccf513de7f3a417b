-- What was turned away, at which stage, for which reasons, and at what share of all rejections? (run=ID, all if not given)
SELECT
    stage,
    reason,
    count(*) AS rejections,
    round(count(*) / sum(count(*)) OVER (), 3) AS share,
    count(DISTINCT environment) AS environments,
    left(replace(min(detail), chr(10), ' '), 40) AS for_example
FROM rejections
WHERE coalesce(run_id = getvariable('run'), true)
GROUP BY stage, reason
ORDER BY rejections DESC, stage, reason;
