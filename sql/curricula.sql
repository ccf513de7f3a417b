-- Which curricula does a version hold, and how many problems has each? (version=N, the latest if not given)
WITH named AS (
    SELECT curricula, unnest(json_keys(curricula)) AS curriculum
    FROM versions
    WHERE version = coalesce(getvariable('version')::BIGINT, (SELECT max(version) FROM versions))
)
SELECT
    curriculum,
    json_extract_string(curricula, concat('$."', curriculum, '".rows'))::BIGINT AS problems,
    json_extract_string(curricula, concat('$."', curriculum, '".file')) AS file
FROM named
ORDER BY curriculum;
