-- How do attempts end, in each environment?
SELECT
    environment,
    verdict,
    count(*) AS attempts,
    round(count(*) / sum(count(*)) OVER (PARTITION BY environment), 3) AS share,
    round(avg(completion_tokens), 1) AS mean_completion_tokens
FROM attempts
GROUP BY environment, verdict
ORDER BY environment, attempts DESC, verdict;
