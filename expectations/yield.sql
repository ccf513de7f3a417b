-- What the suite `yield` looks at: how many problems each new run kept, and the least that they may be: what the last runs
-- before it kept of as many chains, but for the tolerance. Where there are too few chains to tell, none need be.
WITH chains AS (
    SELECT run_id, count(DISTINCT chain_id) AS chains
    FROM (SELECT run_id, chain_id, environment FROM problems UNION ALL SELECT run_id, chain_id, environment FROM rejections)
    WHERE chain_id <> '' AND environment <> 'real'
    GROUP BY run_id
),
kept AS (
    SELECT run_id, count(*) AS kept
    FROM (FROM easy UNION ALL FROM medium UNION ALL FROM hard)
    WHERE environment <> 'real'
    GROUP BY run_id
),
runs AS (
    SELECT run_id, chains, coalesce(kept, 0) AS kept, list_contains(getvariable('published'), run_id) AS is_published
    FROM chains LEFT JOIN kept USING (run_id)
),
-- A run's name begins with its time.
earlier AS (
    SELECT sum(kept) AS kept, sum(chains) AS chains
    FROM (FROM runs WHERE is_published ORDER BY run_id DESC LIMIT 5)
)
SELECT
    runs.run_id AS row_id,
    runs.kept AS counted,
    CASE WHEN least(runs.chains, coalesce(earlier.chains, 0)) >= getvariable('fewest')
        THEN ceil(round((1 - getvariable('tolerance')) * runs.chains * earlier.kept / earlier.chains, 6))
        ELSE 0 END::BIGINT AS least
FROM runs, earlier WHERE NOT is_published
ORDER BY runs.run_id
