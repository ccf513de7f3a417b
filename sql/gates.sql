-- Which expectations was a version held to, and how did each come out? (version=N, the latest if not given)
WITH held AS (
    SELECT unnest(from_json(gates, '[{"suite": "VARCHAR", "table": "VARCHAR", "expectation": "VARCHAR", "level": "VARCHAR",
        "ok": "BOOLEAN", "checked": "BIGINT", "unexpected": "BIGINT", "seen": "VARCHAR"}]'), recursive := true)
    FROM versions
    WHERE version = coalesce(getvariable('version')::BIGINT, (SELECT max(version) FROM versions))
)
SELECT suite, "table", expectation, level, ok, checked, unexpected, seen
FROM held
ORDER BY ok, suite, "table", expectation;
