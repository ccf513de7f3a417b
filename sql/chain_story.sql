-- What happened in one chain, round by round? (chain=ID; if not given, the chain with the widest span of p)
WITH chosen AS (
    SELECT coalesce(getvariable('chain')::VARCHAR, (
        SELECT chain_id FROM problems GROUP BY chain_id
        ORDER BY max(pass_rate) - min(pass_rate) DESC NULLS LAST, chain_id LIMIT 1)) AS chain_id
),
told AS (
    SELECT chain_id, round, steer, tier AS outcome, pass_rate, pass_count, graded_count, code AS text FROM problems
    UNION ALL
    SELECT chain_id, round, steer, reason, NULL, NULL, NULL, detail FROM rejections
)
SELECT
    chain_id,
    round,
    steer,
    outcome,
    round(pass_rate, 3) AS p,
    pass_count || ' of ' || graded_count AS solved,
    text AS code_or_reason
FROM told JOIN chosen USING (chain_id)
ORDER BY round, solved NULLS FIRST;
