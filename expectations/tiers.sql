-- What the suite `tiers` looks at, in one of the tables easy, medium and hard.
SELECT
    row_id, tier, pass_rate,
    problem_id NOT IN (SELECT problem_id FROM checked GROUP BY problem_id HAVING count(*) > 1) AS stands_once,
    CASE
        WHEN pass_rate <= getvariable('hard_max') THEN 'hard'
        WHEN pass_rate <= getvariable('medium_max') THEN 'medium'
        ELSE 'easy' END AS tier_of_p,
    (problem_id, chain_id, round, tier, pass_rate) IN (SELECT (problem_id, chain_id, round, tier, pass_rate) FROM problems)
        AS problem_known
FROM checked
