-- How long are completions in tokens, and statements in characters, for the limits that a trainer is given?
-- Quantiles are counted from how many attempts there are of each length: sorting all attempts takes ten times as long.
WITH lengths AS (
    SELECT environment, completion_tokens AS tokens, count(*) AS attempts, count(*) FILTER (reward = 1) AS solved
    FROM attempts GROUP BY ALL
),
ranked AS (
    SELECT
        *,
        sum(attempts) OVER shorter / sum(attempts) OVER (PARTITION BY environment) AS share,
        sum(solved) OVER shorter / nullif(sum(solved) OVER (PARTITION BY environment), 0) AS share_of_solved
    FROM lengths WINDOW shorter AS (PARTITION BY environment ORDER BY tokens)
),
statements AS (
    SELECT environment, quantile_disc(length(statement), 0.99) AS p99, max(length(statement)) AS longest
    FROM problems GROUP BY environment
)
SELECT
    environment,
    sum(attempts)::BIGINT AS attempts,
    min(tokens) FILTER (share >= 0.5) AS median_tokens,
    min(tokens) FILTER (share >= 0.95) AS p95_tokens,
    min(tokens) FILTER (share >= 0.99) AS p99_tokens,
    max(tokens) AS max_tokens,
    min(tokens) FILTER (share_of_solved >= 0.99) AS p99_tokens_of_solved,
    any_value(p99) AS p99_statement,
    any_value(longest) AS max_statement
FROM ranked LEFT JOIN statements USING (environment)
GROUP BY environment
ORDER BY environment;
