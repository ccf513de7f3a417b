-- After a proposal that made no problem, how often is the teacher's next one a problem, by what was wrong?
WITH proposals AS (
    SELECT run_id, chain_id, round, 'problem' AS outcome FROM problems
    UNION ALL
    SELECT run_id, chain_id, round, if(stage = 'generate', reason, 'problem') FROM rejections
    WHERE stage = 'generate' OR problem_id IS NOT NULL
)
SELECT
    rejected.outcome AS reason,
    count(*) AS rejections,
    count(following.outcome) AS tried_again,
    count(*) FILTER (following.outcome = 'problem') AS then_a_problem,
    count(*) FILTER (following.outcome = rejected.outcome) AS then_the_same,
    round(count(*) FILTER (following.outcome = 'problem') / nullif(count(following.outcome), 0), 3) AS repaired_share
FROM proposals AS rejected LEFT JOIN proposals AS following
    ON following.run_id = rejected.run_id AND following.chain_id = rejected.chain_id AND following.round = rejected.round + 1
WHERE rejected.outcome <> 'problem'
GROUP BY rejected.outcome
ORDER BY rejections DESC, reason;
