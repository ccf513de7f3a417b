-- Of the proposals of each round, how many were valid, how many of those new, and how many were kept, in a tier? (run=ID, all if not given)
WITH proposed AS (
    SELECT round, true AS valid, true AS new, problem_id IN (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard) AS kept FROM problems
    WHERE coalesce(run_id = getvariable('run'), true)
    UNION ALL
    SELECT round, stage NOT IN ('generate', 'validate'), stage = 'decontaminate', false FROM rejections
    WHERE (stage = 'generate' OR problem_id IS NOT NULL) AND coalesce(run_id = getvariable('run'), true)
)
SELECT
    round,
    count(*) AS proposals,
    count(*) FILTER (valid) AS valid,
    count(*) FILTER (new) AS new,
    count(*) FILTER (kept) AS kept,
    round(count(*) FILTER (kept) / count(*), 3) AS kept_share
FROM proposed
GROUP BY round
ORDER BY round;
