-- How does the pass rate move over the rounds, in each environment? (run=ID, all if not given)
SELECT
    environment,
    round,
    count(*) AS problems,
    round(avg(pass_rate), 3) AS mean_p,
    round(median(pass_rate), 3) AS median_p,
    count(*) FILTER (pass_rate = 0) AS unsolved,
    count(*) FILTER (pass_rate = 1) AS trivial
FROM problems
WHERE coalesce(run_id = getvariable('run'), true)
GROUP BY environment, round
ORDER BY environment, round;
