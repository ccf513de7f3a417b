-- What was spent, in tokens and dollars, by environment and round, and for each kept problem (in a tier), waste included? (run=ID, all if not given)
WITH spent AS (
    SELECT
        environment,
        round,
        problem_id IN (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard) AS kept,
        teacher_prompt_tokens + student_prompt_tokens AS prompt_tokens,
        teacher_cached_tokens + student_cached_tokens AS cached_tokens,
        teacher_completion_tokens + student_completion_tokens AS completion_tokens,
        teacher_reasoning_tokens + student_reasoning_tokens AS reasoning_tokens,
        teacher_dollars + student_dollars AS dollars
    FROM problems
    WHERE coalesce(run_id = getvariable('run'), true)
    UNION ALL
    SELECT environment, round, false, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, dollars
    FROM rejections
    WHERE (stage = 'generate' OR problem_id IS NOT NULL) AND coalesce(run_id = getvariable('run'), true)
)
SELECT
    coalesce(environment, 'all') AS environment,
    coalesce(round::VARCHAR, 'all') AS round,
    count(*) FILTER (kept) AS kept,
    sum(prompt_tokens)::BIGINT AS prompt,
    sum(cached_tokens)::BIGINT AS cached,
    sum(completion_tokens)::BIGINT AS completion,
    sum(reasoning_tokens)::BIGINT AS reasoning,
    round(sum(dollars), 4) AS dollars,
    round(sum(prompt_tokens + completion_tokens) / nullif(count(*) FILTER (kept), 0), 1) AS tokens_per_kept,
    round(sum(dollars) / nullif(count(*) FILTER (kept), 0), 6) AS dollars_per_kept
FROM spent
GROUP BY ROLLUP (spent.environment, spent.round)
HAVING count(*) > 0
ORDER BY spent.environment NULLS LAST, spent.round NULLS LAST;
