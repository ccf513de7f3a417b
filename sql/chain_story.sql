-- What happened in one chain, from its seed and round by round? (chain=ID, run=ID; the one with the widest span of p if not given)
WITH chains AS (
    SELECT run_id, chain_id, seed_id, environment, pass_rate FROM problems
    UNION ALL
    SELECT run_id, chain_id, seed_id, environment, NULL FROM rejections WHERE stage = 'generate' OR problem_id IS NOT NULL
),
chosen AS (
    SELECT run_id, chain_id, any_value(seed_id) AS seed_id, any_value(environment) AS environment
    FROM chains
    WHERE coalesce(chain_id = getvariable('chain'), true) AND coalesce(run_id = getvariable('run'), true)
    GROUP BY run_id, chain_id
    ORDER BY max(pass_rate) - min(pass_rate) DESC NULLS LAST, run_id, chain_id LIMIT 1
),
told AS (
    SELECT run_id, chain_id, 0 AS round, 'seed' AS steer, origin AS outcome, NULL AS pass_rate, NULL AS solved, text
    FROM chosen JOIN seeds USING (seed_id)
    UNION ALL
    SELECT run_id, chain_id, round, steer, tier, pass_rate, pass_count || ' of ' || graded_count, code FROM problems
    UNION ALL
    SELECT run_id, chain_id, round, steer, reason, NULL, NULL, detail FROM rejections
)
SELECT chain_id, environment, round, steer, outcome, round(pass_rate, 3) AS p, solved, text
FROM told JOIN chosen USING (run_id, chain_id)
ORDER BY round, solved NULLS FIRST;
