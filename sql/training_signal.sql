-- In which share of groups of N attempts at one problem would rewards differ, so that a trainer learns of them? (group=N, 8 if not given)
-- In a group with equal rewards every advantage is 0. Rewards differ with probability 1 - p^N - (1 - p)^N.
WITH drawn AS (
    SELECT environment, tier, pass_rate AS p, coalesce(getvariable('group')::BIGINT, 8) AS n FROM problems WHERE pass_rate IS NOT NULL
)
SELECT
    coalesce(environment, 'all') AS environment,
    tier,
    count(*) AS problems,
    round(avg(p), 3) AS mean_p,
    round(avg(1 - p ** n - (1 - p) ** n), 3) AS mixed_groups,
    round(avg(sqrt(p * (1 - p))), 3) AS mean_deviation_of_reward
FROM drawn
GROUP BY GROUPING SETS ((drawn.environment, tier), (tier))
ORDER BY drawn.environment NULLS LAST, list_position(['trivial', 'easy', 'medium', 'hard', 'unsolved'], tier);
