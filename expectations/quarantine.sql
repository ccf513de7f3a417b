-- What the suite `quarantine` looks at.
SELECT
    row_id, "table", expectation,
    ("table", row_id, expectation) NOT IN (
        SELECT ("table", row_id, expectation) FROM checked GROUP BY ALL HAVING count(*) > 1) AS stands_once,
    length(row_id) AS name_characters,
    length(expectation) AS expectation_characters,
    json_valid(row) AS row_is_json
FROM checked
