-- What is pass@k in each environment, of the problems with k graded attempts or more?
-- Unbiased: 1 - C(n - c, k) / C(n, k) for n graded attempts of which c are solved (Chen et al., 2021).
WITH tried AS (
    SELECT environment, graded_count AS n, pass_count AS c, unnest([1, 2, 4, 8, 16, 32]) AS k FROM problems
)
SELECT
    environment,
    k,
    count(*) AS problems,
    round(avg(CASE
        WHEN n - c < k THEN 1
        ELSE 1 - exp(lgamma(n - c + 1) - lgamma(n - c - k + 1) - lgamma(n + 1) + lgamma(n - k + 1))
    END), 3) AS pass_at_k
FROM tried
WHERE k <= n
GROUP BY environment, k
ORDER BY environment, k;
