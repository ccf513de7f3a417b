-- What does each steer do: the pass rate of the problem before it, and of the problem that came of it? (run=ID, all if not given)
SELECT
    environment,
    steer,
    count(*) AS problems,
    round(avg(parent_pass_rate), 3) AS mean_p_before,
    round(avg(pass_rate), 3) AS mean_p_after,
    round(avg(pass_rate - parent_pass_rate), 3) AS mean_change
FROM problems
WHERE parent_pass_rate IS NOT NULL AND pass_rate IS NOT NULL AND coalesce(run_id = getvariable('run'), true)
GROUP BY environment, steer
ORDER BY environment, steer;
