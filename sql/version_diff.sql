-- How many problems did one version add to another, drop, and move between tiers? (from=N, to=N; the last two if not given)
WITH chosen AS (
    SELECT earlier.version AS from_version, later.version AS to_version
    FROM versions AS later LEFT JOIN versions AS earlier ON earlier.version < later.version
    WHERE later.version = coalesce(getvariable('to')::BIGINT, later.version)
        AND earlier.version IS NOT DISTINCT FROM coalesce(getvariable('from')::BIGINT, earlier.version)
    ORDER BY to_version DESC, from_version DESC LIMIT 1
),
before AS (SELECT problem_id, tier, pass_rate FROM version_problems WHERE version = (SELECT from_version FROM chosen)),
after AS (SELECT problem_id, tier, pass_rate FROM version_problems WHERE version = (SELECT to_version FROM chosen))
SELECT
    (SELECT from_version FROM chosen) AS "from",
    (SELECT to_version FROM chosen) AS "to",
    CASE
        WHEN before.tier IS NULL THEN 'added'
        WHEN after.tier IS NULL THEN 'dropped'
        WHEN before.tier = after.tier THEN 'stayed'
        ELSE 'moved'
    END AS change,
    before.tier AS from_tier,
    after.tier AS to_tier,
    count(*) AS problems,
    round(avg(after.pass_rate - before.pass_rate), 3) AS mean_change_of_p
FROM before FULL JOIN after USING (problem_id)
GROUP BY before.tier, after.tier
ORDER BY change, problems DESC, from_tier, to_tier;
