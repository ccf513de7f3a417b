-- In each environment and tier, how many problems might belong to another tier, since p's interval reaches into it?
SELECT
    environment,
    tier,
    count(*) AS problems,
    count(*) FILTER (straddles) AS straddling,
    round(count(*) FILTER (straddles) / count(*), 3) AS share,
    round(avg(graded_count), 1) AS mean_graded,
    round(avg(pass_rate_high - pass_rate_low), 3) AS mean_width
FROM problems
GROUP BY environment, tier
ORDER BY environment, list_position(['trivial', 'easy', 'medium', 'hard', 'unsolved', 'ungraded'], tier);
