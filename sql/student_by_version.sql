-- On the problems that stand in every kept version, how did the student of each version do?
WITH lasting AS (
    SELECT problem_id FROM version_problems
    GROUP BY problem_id HAVING count(*) = (SELECT count(*) FROM versions)
)
SELECT
    version,
    student_model AS student,
    student_reasoning_effort AS effort,
    student_temperature AS temperature,
    count(*) AS problems,
    sum(graded_count)::BIGINT AS graded,
    round(avg(pass_rate), 3) AS mean_p,
    count(*) FILTER (tier = 'easy') AS easy,
    count(*) FILTER (tier = 'medium') AS medium,
    count(*) FILTER (tier = 'hard') AS hard,
    count(*) FILTER (tier = 'trivial') AS trivial,
    count(*) FILTER (tier = 'unsolved') AS unsolved
FROM version_problems SEMI JOIN lasting USING (problem_id)
GROUP BY version, student_model, student_reasoning_effort, student_temperature
ORDER BY version, problems DESC, student, effort;
