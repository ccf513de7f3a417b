-- Which versions are kept, what made each, and what is in it?
SELECT
    version,
    created,
    kind,
    parent,
    run_id,
    problems,
    problems - lag(problems) OVER (ORDER BY version) AS more_problems,
    easy,
    medium,
    hard,
    attempts,
    rejections,
    quarantine,
    array_to_string(student_models, ', ') AS students
FROM versions
ORDER BY version;
