-- At which unsolved problems do attempts agree on one wrong answer? (top=N, 20 if not given)
-- There the reference or the statement may be at fault rather than the student.
WITH agreed AS (
    SELECT problem_id, answer, count(*) AS agreeing, count(*) / any_value(graded_count) AS share
    FROM attempts JOIN (SELECT problem_id, graded_count FROM problems WHERE tier = 'unsolved') USING (problem_id)
    WHERE verdict = 'wrong'
    GROUP BY problem_id, answer
    HAVING count(*) > 1
    ORDER BY share DESC, agreeing DESC, problem_id, answer
    LIMIT coalesce(getvariable('top')::BIGINT, 20)
)
SELECT
    problem_id,
    environment,
    agreeing,
    graded_count,
    round(share, 3) AS share,
    left(replace(answer, chr(10), ' '), 40) AS answer,
    left(array_to_string(outputs, ', '), 40) AS outputs,
    code
FROM agreed JOIN problems USING (problem_id)
ORDER BY agreed.share DESC, agreeing DESC, problem_id, agreed.answer;
