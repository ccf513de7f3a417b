-- How many kept problems does a chain leave, in each environment?
WITH chains AS (
    SELECT environment, run_id, chain_id, count(*) FILTER (kept) AS kept FROM (
        SELECT
            environment, run_id, chain_id,
            problem_id IN (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard) AS kept
        FROM problems
        UNION ALL
        SELECT environment, run_id, chain_id, false FROM rejections WHERE stage = 'generate' OR problem_id IS NOT NULL
    )
    GROUP BY environment, run_id, chain_id
)
SELECT
    environment,
    kept,
    count(*) AS chains,
    round(count(*) / sum(count(*)) OVER (PARTITION BY environment), 3) AS share
FROM chains
GROUP BY environment, kept
ORDER BY environment, kept;
