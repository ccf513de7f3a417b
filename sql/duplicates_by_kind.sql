-- How many duplicates of each kind were there, within their run and of earlier versions, and how many that would have had a tier? (run=ID, all if not given)
SELECT
    reason AS kind,
    coalesce(environment, 'all') AS environment,
    count(*) AS duplicates,
    count(*) FILTER (partner_version IS NULL) AS within_the_run,
    count(*) FILTER (partner_version IS NOT NULL) AS of_earlier_versions,
    count(*) FILTER (tier IN ('easy', 'medium', 'hard')) AS with_a_tier,
    min(problem_id || ' of ' || partner_id) AS for_example
FROM rejections
WHERE stage = 'deduplicate' AND coalesce(run_id = getvariable('run'), true)
GROUP BY GROUPING SETS ((reason, rejections.environment), (reason))
ORDER BY kind, rejections.environment NULLS LAST;
