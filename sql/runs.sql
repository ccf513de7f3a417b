-- What did each run of the dataset add, from how many chains, and at what cost?
WITH added AS (
    SELECT
        run_id,
        chain_id,
        tier,
        pass_rate,
        problem_id IN (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard) AS kept,
        teacher_prompt_tokens + student_prompt_tokens + teacher_completion_tokens + student_completion_tokens AS tokens,
        teacher_dollars + student_dollars AS dollars
    FROM problems
    UNION ALL
    SELECT run_id, chain_id, NULL, NULL, false, prompt_tokens + completion_tokens, dollars
    FROM rejections WHERE stage = 'generate' OR problem_id IS NOT NULL
),
published AS (SELECT run_id, min(version) AS version FROM versions GROUP BY run_id)
SELECT
    run_id,
    any_value(version) AS version,
    count(DISTINCT chain_id) AS chains,
    count(*) AS proposals,
    count(tier) AS problems,
    count(*) FILTER (kept) AS kept,
    round(avg(pass_rate), 3) AS mean_p,
    count(*) FILTER (tier = 'easy') AS easy,
    count(*) FILTER (tier = 'medium') AS medium,
    count(*) FILTER (tier = 'hard') AS hard,
    sum(tokens)::BIGINT AS tokens,
    round(sum(dollars), 4) AS dollars,
    round(sum(dollars) / nullif(count(*) FILTER (kept), 0), 6) AS dollars_per_kept
FROM added LEFT JOIN published USING (run_id)
GROUP BY run_id
ORDER BY run_id;
