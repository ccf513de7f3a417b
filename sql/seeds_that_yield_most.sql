-- Of which seeds were the most problems kept, in a tier? (top=N, 20 if not given)
WITH kept AS (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard)
SELECT
    seed_id,
    any_value(kind) AS kind,
    any_value(origin) AS origin,
    count(problems.problem_id) AS problems,
    count(kept.problem_id) AS kept,
    round(avg(pass_rate), 3) AS mean_p
FROM seeds LEFT JOIN problems USING (seed_id) LEFT JOIN kept USING (problem_id)
GROUP BY seed_id
ORDER BY kept DESC, problems DESC, seed_id
LIMIT coalesce(getvariable('top')::BIGINT, 20);
