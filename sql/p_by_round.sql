-- How does the pass rate move over the rounds, in each environment?
SELECT
    environment,
    round,
    count(*) AS problems,
    round(avg(pass_rate), 3) AS mean_p,
    round(median(pass_rate), 3) AS median_p,
    count(*) FILTER (pass_rate = 0) AS unsolved,
    count(*) FILTER (pass_rate = 1) AS trivial
FROM problems
GROUP BY environment, round
ORDER BY environment, round;
