-- On the problems that two versions share, how do their students compare? (from=N, to=N; the newest regrade and the version before it if not given)
WITH chosen AS (
    SELECT earlier.version AS from_version, later.version AS to_version
    FROM versions AS later LEFT JOIN versions AS earlier ON earlier.version < later.version
    WHERE later.version = coalesce(getvariable('to')::BIGINT, later.version)
        AND earlier.version IS NOT DISTINCT FROM coalesce(getvariable('from')::BIGINT, earlier.version)
    ORDER BY later.kind = 'regrade' DESC, to_version DESC, from_version DESC LIMIT 1
),
graded AS (
    SELECT
        version, problem_id, environment, tier, pass_rate, pass_rate_low, pass_rate_high,
        concat_ws(' ', student_model, nullif(student_reasoning_effort, ''), 'T=' || student_temperature) AS student
    FROM version_problems
    WHERE pass_rate IS NOT NULL AND version IN (SELECT unnest([from_version, to_version]) FROM chosen)
)
SELECT
    before.version AS "from",
    after.version AS "to",
    before.student AS student_before,
    after.student AS student_after,
    coalesce(before.environment, 'all') AS environment,
    count(*) AS problems,
    round(avg(before.pass_rate), 3) AS mean_p_before,
    round(avg(after.pass_rate), 3) AS mean_p_after,
    round(avg(after.pass_rate - before.pass_rate), 3) AS mean_change,
    count(*) FILTER (before.pass_rate > 0 AND after.pass_rate = 0) AS solved_before_only,
    count(*) FILTER (before.pass_rate = 0 AND after.pass_rate > 0) AS solved_after_only,
    count(*) FILTER (before.tier <> after.tier) AS changed_tier,
    count(*) FILTER (after.pass_rate_low > before.pass_rate_high) AS clearly_easier,
    count(*) FILTER (after.pass_rate_high < before.pass_rate_low) AS clearly_harder
FROM graded AS before JOIN graded AS after ON before.problem_id = after.problem_id AND before.version < after.version
GROUP BY GROUPING SETS (
    (before.version, after.version, before.student, after.student, before.environment),
    (before.version, after.version, before.student, after.student)
)
ORDER BY student_before, student_after, before.environment NULLS LAST;
