-- What the suite `rejections` looks at. What was quarantined may hold whatever was wrong with it.
WITH turned_away AS (
    SELECT seed_id FROM rejections WHERE stage IN ('extract', 'decontaminate') AND problem_id IS NULL
    UNION ALL SELECT row_id FROM quarantine WHERE "table" = 'seeds'
)
SELECT
    row_id, stage, reason,
    CASE WHEN stage <> 'validate' THEN environment END AS environment,
    CASE WHEN stage <> 'validate' THEN steer END AS steer,
    CASE WHEN stage <> 'validate' THEN round END AS round,
    CASE WHEN stage <> 'validate' AND problem_id IS NOT NULL THEN tier END AS tier,
    CASE WHEN stage <> 'validate' THEN least(prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens) END
        AS fewest_tokens,
    CASE WHEN stage <> 'validate' THEN dollars END AS dollars,
    (run_id, rejection_id) NOT IN (SELECT (run_id, rejection_id) FROM checked GROUP BY ALL HAVING count(*) > 1) AS stands_once,
    stage = CASE
        WHEN reason = 'quarantined' THEN 'validate'
        WHEN reason IN ('duplicate', 'near_duplicate', 'same_behaviour') THEN 'deduplicate'
        WHEN reason = 'contaminated' AND stage IN ('extract', 'decontaminate') THEN stage
        WHEN reason <> 'contaminated' AND stage IN ('extract', 'generate') THEN stage
        ELSE '' END AS reason_fits_stage,
    CASE WHEN stage IN ('validate', 'deduplicate') THEN problem_id IS NOT NULL
        WHEN stage IN ('extract', 'generate') THEN problem_id IS NULL ELSE true END AS problem_fits_stage,
    problem_id IS NOT NULL OR tier = '' AS tier_is_a_problems,
    (reason IN ('duplicate', 'near_duplicate', 'same_behaviour', 'contaminated')) = (coalesce(partner_id, '') <> '')
        AS partner_fits_reason,
    stage <> 'deduplicate' OR partner_id IN (
        SELECT problem_id FROM problems UNION ALL SELECT problem_id FROM rejections WHERE problem_id IS NOT NULL
    ) AS partner_known,
    stage <> 'generate' OR seed_id IN (SELECT seed_id FROM seeds UNION ALL SELECT seed_id FROM turned_away) AS seed_known
FROM checked
