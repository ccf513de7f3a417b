-- In each environment and round, how many proposals were there, how many valid, how many of those new, and how many kept? (run=ID, all if not given)
WITH proposed AS (
    SELECT environment, round, true AS valid, true AS new, problem_id IN (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard) AS kept FROM problems
    WHERE coalesce(run_id = getvariable('run'), true)
    UNION ALL
    SELECT environment, round, stage NOT IN ('generate', 'validate'), stage = 'decontaminate', false FROM rejections
    WHERE (stage = 'generate' OR problem_id IS NOT NULL) AND coalesce(run_id = getvariable('run'), true)
)
SELECT
    environment,
    round,
    count(*) AS proposals,
    count(*) FILTER (valid) AS valid,
    count(*) FILTER (new) AS new,
    count(*) FILTER (kept) AS kept
FROM proposed
GROUP BY environment, round
ORDER BY environment, round;
