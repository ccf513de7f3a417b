-- Which problems did one version add to another, drop, and move between tiers? (from=N, to=N, the last two if not given; change=added, dropped or moved)
WITH chosen AS (
    SELECT earlier.version AS from_version, later.version AS to_version
    FROM versions AS later LEFT JOIN versions AS earlier ON earlier.version < later.version
    WHERE later.version = coalesce(getvariable('to')::BIGINT, later.version)
        AND earlier.version IS NOT DISTINCT FROM coalesce(getvariable('from')::BIGINT, earlier.version)
    ORDER BY to_version DESC, from_version DESC LIMIT 1
),
before AS (FROM version_problems WHERE version = (SELECT from_version FROM chosen)),
after AS (FROM version_problems WHERE version = (SELECT to_version FROM chosen))
SELECT
    CASE WHEN before.tier IS NULL THEN 'added' WHEN after.tier IS NULL THEN 'dropped' ELSE 'moved' END AS change,
    problem_id,
    coalesce(after.environment, before.environment) AS environment,
    before.tier AS from_tier,
    after.tier AS to_tier,
    round(before.pass_rate, 3) AS p_before,
    round(after.pass_rate, 3) AS p_after,
    coalesce(after.run_id, before.run_id) AS run_id
FROM before FULL JOIN after USING (problem_id)
WHERE before.tier IS DISTINCT FROM after.tier AND coalesce(change = getvariable('change'), true)
ORDER BY change, environment, problem_id;
