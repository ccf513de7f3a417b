-- What the suite `problems` looks at: the scalar columns, and whether what belongs together agrees.
WITH counted AS (
    SELECT
        problem_id, chain_id, round,
        count(*) AS attempts_found,
        count(reward) AS graded_found,
        count(*) FILTER (verdict = 'solved') AS solved_found
    FROM attempts
    WHERE problem_id IN (SELECT problem_id FROM checked)
    GROUP BY problem_id, chain_id, round
),
-- A chain can meet the same problem again: its latest round before this one is the parent.
parents AS (
    SELECT checked.row_id, max_by(coalesce(earlier.pass_rate, -1), earlier.round) AS rate
    FROM checked JOIN problems AS earlier ON earlier.problem_id = checked.parent_id
        AND earlier.chain_id = checked.chain_id AND earlier.round < checked.round
    GROUP BY checked.row_id
)
SELECT
    row_id, environment, steer, tier, round, content_hash, attempt_count, graded_count, pass_count, pass_rate,
    length(trim(statement, E' \t\r\n')) AS statement_characters,
    -- A real problem is graded by its tests, may have no reference, and is attempted when it is graded again.
    CASE WHEN environment = 'real' THEN length(tests) ELSE length(trim(code, E' \t\r\n')) END AS code_characters,
    CASE WHEN environment = 'real' THEN NULL ELSE len(inputs) END AS input_count,
    CASE WHEN environment = 'real' AND attempt_count = 0 THEN NULL ELSE attempt_count END AS attempts_asked_for,
    len(outputs) AS output_count,
    -- What fuzzing's inputs do is the student's to find; another package's environment knows its own outputs.
    CASE WHEN environment IN ('induction', 'abduction', 'deduction') THEN len(inputs)
        WHEN environment = 'fuzzing' THEN 0 ELSE len(outputs) END AS outputs_due,
    environment = 'deduction' AND len(list_filter(outputs, lambda text: length(text) >= 10 AND contains(statement, text))) > 0
        AS statement_tells_output,
    coalesce(attempts_found, 0) AS attempts_found,
    coalesce(graded_found, 0) AS graded_found,
    coalesce(solved_found, 0) AS solved_found,
    CASE WHEN graded_count = 0 THEN pass_rate IS NULL
        ELSE coalesce(abs(pass_rate - pass_count / graded_count) < 1e-9, false) END AS pass_rate_agrees,
    pass_rate IS NULL OR coalesce(pass_rate BETWEEN pass_rate_low - 1e-9 AND pass_rate_high + 1e-9, false) AS interval_holds_p,
    CASE
        WHEN pass_rate IS NULL THEN 'ungraded'
        WHEN pass_rate = 0 THEN 'unsolved'
        WHEN pass_rate = 1 THEN 'trivial'
        WHEN pass_rate <= getvariable('hard_max') THEN 'hard'
        WHEN pass_rate <= getvariable('medium_max') THEN 'medium'
        ELSE 'easy' END AS tier_of_p,
    seed_id IN (SELECT seed_id FROM seeds) AS seed_known,
    parent_id IS NULL OR parents.rate IS NOT NULL
        OR parent_id IN (SELECT problem_id FROM rejections WHERE problem_id IS NOT NULL) AS parent_known,
    parents.rate IS NULL OR abs(parents.rate - coalesce(parent_pass_rate, -1)) < 1e-9 AS parent_rate_agrees,
    coalesce(CASE steer
        WHEN 'first' THEN parent_id IS NULL
        WHEN 'harder' THEN parent_pass_rate > getvariable('harder_above')
        WHEN 'easier' THEN parent_pass_rate = 0
        WHEN 'vary' THEN parent_id IS NOT NULL
            AND coalesce(parent_pass_rate > 0 AND parent_pass_rate <= getvariable('harder_above'), true)
        ELSE true END, false) AS steer_fits_parent,
    least(
        teacher_prompt_tokens, teacher_cached_tokens, teacher_completion_tokens, teacher_reasoning_tokens,
        student_prompt_tokens, student_cached_tokens, student_completion_tokens, student_reasoning_tokens
    ) AS fewest_tokens
FROM checked
LEFT JOIN counted USING (problem_id, chain_id, round)
LEFT JOIN parents USING (row_id)
