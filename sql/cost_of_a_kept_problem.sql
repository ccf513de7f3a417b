-- What does a kept problem cost, and on what was it spent: on itself, or on what was not kept? (run=ID, all if not given)
WITH spent AS (
    SELECT
        environment,
        CASE
            WHEN problem_id IN (SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard) THEN 'kept'
            WHEN tier IN ('easy', 'medium', 'hard') THEN 'beyond the target'
            ELSE tier
        END AS spent_on,
        teacher_prompt_tokens + student_prompt_tokens + teacher_completion_tokens + student_completion_tokens AS tokens,
        teacher_dollars + student_dollars AS dollars
    FROM problems
    WHERE coalesce(run_id = getvariable('run'), true)
    UNION ALL
    SELECT environment, if(stage = 'generate', 'no problem', reason), prompt_tokens + completion_tokens, dollars
    FROM rejections
    WHERE (stage = 'generate' OR problem_id IS NOT NULL) AND coalesce(run_id = getvariable('run'), true)
),
kept AS (
    SELECT coalesce(environment, 'all') AS environment, count(*) FILTER (spent_on = 'kept') AS kept
    FROM spent GROUP BY ROLLUP (spent.environment)
),
summed AS (
    SELECT
        coalesce(environment, 'all') AS environment,
        coalesce(spent_on, 'all') AS spent_on,
        count(*) AS proposals,
        sum(tokens)::BIGINT AS tokens,
        sum(dollars) AS dollars
    FROM spent GROUP BY CUBE (spent.environment, spent.spent_on) HAVING count(*) > 0
)
SELECT
    environment,
    spent_on,
    proposals,
    tokens,
    round(tokens / first(tokens) OVER of_environment, 3) AS share_of_tokens,
    round(dollars, 4) AS dollars,
    round(tokens / nullif(kept, 0), 1) AS tokens_per_kept,
    round(dollars / nullif(kept, 0), 6) AS dollars_per_kept
FROM summed JOIN kept USING (environment)
WINDOW of_environment AS (PARTITION BY environment ORDER BY spent_on <> 'all')
ORDER BY environment = 'all', environment, spent_on = 'all', tokens DESC, spent_on;
