-- Which chains are the widest stepping stones, from their hardest to their easiest problem? (top=N, 20 if not given)
SELECT
    run_id,
    chain_id,
    any_value(environment) AS environment,
    count(*) AS problems,
    round(min(pass_rate), 3) AS lowest_p,
    round(max(pass_rate), 3) AS highest_p,
    round(max(pass_rate) - min(pass_rate), 3) AS span,
    string_agg(tier, ' > ' ORDER BY round) AS tiers
FROM problems
WHERE pass_rate IS NOT NULL
GROUP BY run_id, chain_id
ORDER BY span DESC, run_id, chain_id
LIMIT coalesce(getvariable('top')::BIGINT, 20);
