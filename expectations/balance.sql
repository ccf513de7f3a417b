-- What the suite `balance` looks at: of each environment's chains in a run, how many problems are kept, and the least that
-- they may be: what would be their due, but for the tolerance. Where that is too few to tell, none need be.
WITH chains AS (
    SELECT environment, count(DISTINCT chain_id) AS chains
    FROM (SELECT environment, chain_id FROM problems UNION ALL SELECT environment, chain_id FROM rejections)
    WHERE list_contains(getvariable('environments'), environment) AND environment <> 'real'
    GROUP BY environment
),
kept AS (
    SELECT environment, count(*) AS kept
    FROM (FROM easy UNION ALL FROM medium UNION ALL FROM hard)
    GROUP BY environment
)
SELECT
    environment AS row_id,
    coalesce(kept, 0) AS counted,
    CASE WHEN due >= getvariable('fewest') THEN ceil(round((1 - getvariable('tolerance')) * due, 6)) ELSE 0 END::BIGINT AS least
FROM (
    SELECT environment, kept, chains / sum(chains) OVER () * coalesce(sum(kept) OVER (), 0) AS due
    FROM chains LEFT JOIN kept USING (environment)
)
ORDER BY environment
