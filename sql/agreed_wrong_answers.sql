-- At which unsolved problems do attempts agree on one wrong answer? (top=N, 20 if not given)
-- There the reference or the statement may be at fault rather than the student.
WITH answered AS (
    SELECT problem_id, answer, count(*) AS attempts
    FROM attempts SEMI JOIN (SELECT problem_id FROM problems WHERE tier = 'unsolved') USING (problem_id)
    WHERE verdict = 'wrong'
    GROUP BY problem_id, answer
)
SELECT
    problem_id,
    environment,
    attempts AS agreeing,
    graded_count,
    round(attempts / graded_count, 3) AS share,
    left(replace(answer, chr(10), ' '), 40) AS answer,
    left(array_to_string(outputs, ', '), 40) AS outputs,
    code
FROM answered JOIN problems USING (problem_id)
WHERE attempts > 1
ORDER BY share DESC, agreeing DESC, problem_id, answer
LIMIT coalesce(getvariable('top')::BIGINT, 20);
