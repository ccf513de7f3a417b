-- What the suite `seeds` looks at.
SELECT
    row_id, kind, origin, lines,
    seed_id NOT IN (SELECT seed_id FROM checked GROUP BY seed_id HAVING count(*) > 1) AS stands_once,
    length(trim(text, E' \t\r\n')) AS characters
FROM checked
