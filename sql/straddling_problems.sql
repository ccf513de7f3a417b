-- Of which problems is the tier least certain, because p's interval reaches into another? (top=N, 20 if not given)
SELECT
    problem_id,
    environment,
    tier,
    pass_count,
    graded_count,
    round(pass_rate, 3) AS p,
    round(pass_rate_low, 3) AS p_low,
    round(pass_rate_high, 3) AS p_high
FROM problems
WHERE straddles
ORDER BY pass_rate_high - pass_rate_low DESC, problem_id
LIMIT coalesce(getvariable('top')::BIGINT, 20);
