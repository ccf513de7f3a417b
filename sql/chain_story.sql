-- What happened in one chain, from its seed and round by round? (chain=ID; if not given, the chain with the widest span of p)
WITH chosen AS (
    SELECT coalesce(getvariable('chain')::VARCHAR, (
        SELECT chain_id FROM problems GROUP BY chain_id
        ORDER BY max(pass_rate) - min(pass_rate) DESC NULLS LAST, chain_id LIMIT 1)) AS chain_id
),
chains AS (SELECT chain_id, seed_id, environment FROM problems UNION SELECT chain_id, seed_id, environment FROM rejections),
told AS (
    SELECT chain_id, 0 AS round, 'seed' AS steer, origin AS outcome, NULL AS pass_rate, NULL AS solved, text
    FROM chains JOIN seeds USING (seed_id)
    UNION ALL
    SELECT chain_id, round, steer, tier, pass_rate, pass_count || ' of ' || graded_count, code FROM problems
    UNION ALL
    SELECT chain_id, round, steer, reason, NULL, NULL, detail FROM rejections
)
SELECT chain_id, environment, round, steer, outcome, round(pass_rate, 3) AS p, solved, text
FROM told JOIN chosen USING (chain_id) JOIN chains USING (chain_id)
ORDER BY round, solved NULLS FIRST;
