-- Of all proposals, how many were valid, solved, new, uncontaminated and kept, in each environment? (run=ID, all if not given)
-- Each step is counted among those that took the one before. Valid: a problem that passed the row gates. Solved: by one attempt
-- or more. New: no duplicate of any kind. Kept: it stands in easy, medium or hard.
WITH proposals AS (
    SELECT
        environment,
        true AS valid,
        tier NOT IN ('unsolved', 'ungraded', '') AS solved,
        true AS new,
        true AS uncontaminated,
        problem_id IN (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard) AS kept
    FROM problems
    WHERE coalesce(run_id = getvariable('run'), true)
    UNION ALL
    SELECT
        environment,
        stage NOT IN ('generate', 'validate'),
        tier NOT IN ('unsolved', 'ungraded', ''),
        stage = 'decontaminate',
        false,
        false
    FROM rejections
    WHERE (stage = 'generate' OR problem_id IS NOT NULL) AND coalesce(run_id = getvariable('run'), true)
)
SELECT
    coalesce(environment, 'all') AS environment,
    count(*) AS proposed,
    count(*) FILTER (valid) AS valid,
    count(*) FILTER (valid AND solved) AS solved,
    count(*) FILTER (valid AND solved AND new) AS new,
    count(*) FILTER (valid AND solved AND new AND uncontaminated) AS uncontaminated,
    count(*) FILTER (valid AND solved AND new AND uncontaminated AND kept) AS kept,
    round(count(*) FILTER (valid AND solved AND new AND uncontaminated AND kept) / count(*), 3) AS kept_share
FROM proposals
GROUP BY ROLLUP (proposals.environment)
HAVING count(*) > 0
ORDER BY proposals.environment NULLS LAST;
