-- Of which seeds were the most problems kept, in a tier? (top=N, 20 if not given)
SELECT
    seed_id,
    any_value(kind) AS kind,
    any_value(origin) AS origin,
    count(problem_id) AS problems,
    count(problem_id) FILTER (tier IN ('easy', 'medium', 'hard')) AS kept,
    round(avg(pass_rate), 3) AS mean_p
FROM seeds LEFT JOIN problems USING (seed_id)
GROUP BY seed_id
ORDER BY kept DESC, problems DESC, seed_id
LIMIT coalesce(getvariable('top')::BIGINT, 20);
