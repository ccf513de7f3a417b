-- Which rows failed which gate? (table=NAME, expectation=NAME, all if not given)
-- The quarantine table holds each row whole.
SELECT "table", expectation, "column", row_id, left("row", 80) AS begins
FROM quarantine
WHERE coalesce("table" = getvariable('table'), true) AND coalesce(expectation = getvariable('expectation'), true)
ORDER BY "table", expectation, row_id;
