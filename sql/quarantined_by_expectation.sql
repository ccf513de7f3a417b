-- Which gates did rows fail, and how many?
SELECT
    "table",
    expectation,
    "column",
    count(*) AS row_count,
    any_value(row_id) AS for_example
FROM quarantine
GROUP BY ALL
ORDER BY row_count DESC, "table", expectation;
