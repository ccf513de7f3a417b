-- Which expectations was a version held to, and how did each come out? (version=N, the latest if not given)
-- The scope is run, for what the run made, or dataset, for all that is published with it.
WITH held AS (
    SELECT unnest(from_json(gates, '[{"suite": "VARCHAR", "table": "VARCHAR", "scope": "VARCHAR", "expectation": "VARCHAR",
        "level": "VARCHAR", "ok": "BOOLEAN", "checked": "BIGINT", "unexpected": "BIGINT", "seen": "VARCHAR"}]'), recursive := true)
    FROM versions
    WHERE version = coalesce(getvariable('version')::BIGINT, (SELECT max(version) FROM versions))
)
SELECT scope, suite, "table", expectation, level, ok, checked, unexpected, seen
FROM held
ORDER BY ok, scope DESC, suite, "table", expectation;
