-- What the suite `seeds` looks at.
SELECT row_id, seed_id, kind, origin, lines, length(trim(text, E' \t\r\n')) AS characters
FROM checked
