-- Of the proposals of each round, how many became problems, how many stayed, and how many landed in a tier?
WITH proposed AS (
    SELECT round, true AS valid, true AS kept, tier IN ('easy', 'medium', 'hard') AS tiered FROM problems
    UNION ALL
    SELECT round, stage <> 'generate', false, false FROM rejections
)
SELECT
    round,
    count(*) AS proposals,
    count(*) FILTER (valid) AS problems,
    count(*) FILTER (kept) AS kept,
    count(*) FILTER (tiered) AS in_a_tier,
    round(count(*) FILTER (kept) / count(*), 3) AS kept_share
FROM proposed
GROUP BY round
ORDER BY round;
