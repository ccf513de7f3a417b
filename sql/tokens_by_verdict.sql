-- How many tokens do completions of each verdict take, and which share of all?
SELECT
    verdict,
    count(*) AS attempts,
    round(avg(completion_tokens), 1) AS mean_tokens,
    median(completion_tokens)::BIGINT AS median_tokens,
    max(completion_tokens) AS max_tokens,
    round(avg(reasoning_tokens), 1) AS mean_reasoning,
    round(sum(completion_tokens) / sum(sum(completion_tokens)) OVER (), 3) AS share_of_tokens
FROM attempts
GROUP BY verdict
ORDER BY share_of_tokens DESC, verdict;
