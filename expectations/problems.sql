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
),
told AS (
    SELECT *,
        environment = 'real' AS is_real,
        pass_count / nullif(graded_count, 0) AS share,
        1.959964 * 1.959964 / nullif(graded_count, 0) AS z2_by_n,
        -- What may not stand in the statement, nor may it with its blanks left out.
        CASE environment WHEN 'deduction' THEN outputs[1] WHEN 'abduction' THEN inputs[1] WHEN 'fuzzing' THEN inputs[2]
            WHEN 'induction' THEN code WHEN 'real' THEN code END AS answer
    FROM checked
)
SELECT
    row_id, environment, steer, tier, round, graded_count, pass_count, pass_rate,
    (problem_id, chain_id, round) NOT IN (
        SELECT (problem_id, chain_id, round) FROM checked GROUP BY ALL HAVING count(*) > 1) AS stands_once_in_its_round,
    problem_id NOT IN (SELECT problem_id FROM checked GROUP BY problem_id HAVING count(*) > 1) AS stands_once,
    length(content_hash) AS hash_characters,
    length(trim(statement, E' \t\r\n')) AS statement_characters,
    -- A real problem has tests, and need not have a reference.
    CASE WHEN NOT is_real THEN length(trim(code, E' \t\r\n')) END AS code_characters,
    CASE WHEN NOT is_real THEN len(inputs) END AS input_count,
    (tests <> '') = is_real AS tests_fit,
    len(outputs) AS output_count,
    -- What fuzzing's inputs do is the student's to find; another package's environment knows its own outputs.
    CASE WHEN environment IN ('induction', 'abduction', 'deduction') THEN len(inputs)
        WHEN environment = 'fuzzing' THEN 0 ELSE len(outputs) END AS outputs_due,
    -- An answer of fewer than ten characters may stand there by chance.
    coalesce(length(answer) >= 10 AND contains(translate(statement, E' \t\n\r\f', ''), translate(answer, E' \t\n\r\f', '')), false)
        OR CASE environment
            WHEN 'deduction' THEN coalesce(inputs[1] = outputs[1], false)
            WHEN 'induction' THEN list_has_any(string_split(statement, E'\n'), list_transform(range(2, len(inputs) + 1, 2),
                    lambda place: concat('f(', inputs[place], ') == ', outputs[place])))
                OR len(list_filter(list_transform(string_split(code, E'\n'),
                    lambda line: regexp_replace(trim(line, E' \t\r'), '^return ', '')),
                    lambda line: length(line) >= 10 AND contains(
                        translate(hint, E' \t\n\r\f', ''), translate(line, E' \t\n\r\f', '')))) > 0
            ELSE false END AS statement_tells_answer,
    attempt_count,
    CASE WHEN NOT (is_real AND attempt_count = 0) THEN attempt_count END AS attempts_of_a_run,
    coalesce(attempts_found, 0) AS attempts_found,
    coalesce(graded_found, 0) AS graded_found,
    coalesce(solved_found, 0) AS solved_found,
    CASE WHEN graded_count = 0 THEN pass_rate IS NULL
        ELSE coalesce(abs(pass_rate - share) < 1e-9, false) END AS pass_rate_agrees,
    CASE WHEN graded_count = 0 THEN pass_rate_low IS NULL AND pass_rate_high IS NULL ELSE coalesce(
        abs((pass_rate_high + pass_rate_low) / 2 * (1 + z2_by_n) - (share + z2_by_n / 2)) < 1e-6
        AND abs((pass_rate_high - pass_rate_low) / 2 * (1 + z2_by_n)
            - sqrt(greatest(0, z2_by_n * share * (1 - share) + z2_by_n * z2_by_n / 4))) < 1e-6, false) END AS interval_agrees,
    straddles = (coalesce(pass_rate_low, 0) <= getvariable('hard_max') AND getvariable('hard_max') < coalesce(pass_rate_high, 0)
        OR coalesce(pass_rate_low, 0) <= getvariable('medium_max') AND getvariable('medium_max') < coalesce(pass_rate_high, 0)
    ) AS straddles_agrees,
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
    ) AS fewest_tokens,
    least(teacher_dollars, student_dollars) AS fewest_dollars
FROM told
LEFT JOIN counted USING (problem_id, chain_id, round)
LEFT JOIN parents USING (row_id)
