-- From which tier to which do a chain's problems go, from parent to child? (environment=NAME, all if not given)
-- Parents that were dropped since, as duplicates for example, count with the tier that they had.
WITH parents AS (
    SELECT run_id, chain_id, problem_id, round, tier FROM problems
    UNION ALL
    SELECT run_id, chain_id, problem_id, round, tier FROM rejections WHERE problem_id IS NOT NULL AND tier <> ''
)
SELECT
    parents.tier AS parent_tier,
    count(*) AS children,
    count(*) FILTER (children.tier = 'trivial') AS trivial,
    count(*) FILTER (children.tier = 'easy') AS easy,
    count(*) FILTER (children.tier = 'medium') AS medium,
    count(*) FILTER (children.tier = 'hard') AS hard,
    count(*) FILTER (children.tier = 'unsolved') AS unsolved,
    count(*) FILTER (children.tier = 'ungraded') AS ungraded,
    round(avg(children.pass_rate - children.parent_pass_rate), 3) AS mean_change_of_p
FROM problems AS children
ASOF JOIN parents
    ON children.run_id = parents.run_id AND children.chain_id = parents.chain_id
    AND children.parent_id = parents.problem_id AND children.round > parents.round
WHERE coalesce(children.environment = getvariable('environment'), true)
GROUP BY parents.tier
ORDER BY list_position(['trivial', 'easy', 'medium', 'hard', 'unsolved', 'ungraded'], parents.tier);
