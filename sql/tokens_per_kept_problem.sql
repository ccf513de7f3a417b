-- How many tokens did each problem cost that was kept, and each that landed in a tier, with all that was thrown away?
WITH spent AS (
    SELECT
        environment, true AS kept, tier IN ('easy', 'medium', 'hard') AS tiered,
        teacher_prompt_tokens + student_prompt_tokens AS prompt_tokens,
        teacher_completion_tokens + student_completion_tokens AS completion_tokens
    FROM problems
    UNION ALL
    SELECT environment, false, false, prompt_tokens, completion_tokens FROM rejections
)
SELECT
    environment,
    count(*) FILTER (kept) AS kept,
    count(*) FILTER (tiered) AS in_a_tier,
    sum(prompt_tokens)::BIGINT AS prompt_tokens,
    sum(completion_tokens)::BIGINT AS completion_tokens,
    round(sum(prompt_tokens + completion_tokens) / nullif(count(*) FILTER (kept), 0), 1) AS tokens_per_kept,
    round(sum(prompt_tokens + completion_tokens) / nullif(count(*) FILTER (tiered), 0), 1) AS tokens_per_tiered
FROM spent
GROUP BY environment
ORDER BY environment;
