-- What the suite `tiers` looks at, in one of the tables easy, medium and hard.
SELECT
    row_id, problem_id, tier, pass_rate,
    CASE
        WHEN pass_rate <= getvariable('hard_max') THEN 'hard'
        WHEN pass_rate <= getvariable('medium_max') THEN 'medium'
        ELSE 'easy' END AS tier_of_p,
    problem_id IN (SELECT problem_id FROM problems) AS problem_known
FROM checked
