-- Which problems did the student solve most rarely, and yet solve? (top=N, 20 if not given)
SELECT
    problem_id,
    environment,
    round,
    pass_count,
    graded_count,
    round(pass_rate, 3) AS p,
    round(pass_rate_low, 3) AS p_low,
    round(pass_rate_high, 3) AS p_high,
    code
FROM problems
WHERE pass_count > 0
ORDER BY pass_rate, graded_count DESC, problem_id
LIMIT coalesce(getvariable('top')::BIGINT, 20);
