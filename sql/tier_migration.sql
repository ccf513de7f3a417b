-- From which tier to which do a chain's problems go, from parent to child? (environment=NAME, all if not given)
-- Parents that were dropped since, as duplicates for example, count with the tier that they had.
WITH parents AS (
    SELECT run_id, chain_id, problem_id, round, tier FROM problems
    UNION ALL
    SELECT run_id, chain_id, problem_id, round, tier FROM rejections WHERE problem_id IS NOT NULL AND tier <> ''
),
steps AS (
    SELECT
        arg_max(parents.tier, parents.round) AS parent_tier,
        any_value(children.tier) AS tier,
        any_value(children.pass_rate - children.parent_pass_rate) AS change
    FROM problems AS children JOIN parents
        ON parents.run_id = children.run_id AND parents.chain_id = children.chain_id
        AND parents.problem_id = children.parent_id AND parents.round < children.round
    WHERE coalesce(children.environment = getvariable('environment'), true)
    GROUP BY children.problem_id
)
SELECT
    parent_tier,
    count(*) AS children,
    count(*) FILTER (tier = 'trivial') AS trivial,
    count(*) FILTER (tier = 'easy') AS easy,
    count(*) FILTER (tier = 'medium') AS medium,
    count(*) FILTER (tier = 'hard') AS hard,
    count(*) FILTER (tier = 'unsolved') AS unsolved,
    count(*) FILTER (tier = 'ungraded') AS ungraded,
    round(avg(change), 3) AS mean_change_of_p
FROM steps
GROUP BY parent_tier
ORDER BY list_position(['trivial', 'easy', 'medium', 'hard', 'unsolved', 'ungraded'], parent_tier);
