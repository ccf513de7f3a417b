-- What the suite `curricula` looks at, in one curriculum's file.
SELECT
    row_id, stage, sampling_weight,
    problem_id NOT IN (SELECT problem_id FROM checked GROUP BY problem_id HAVING count(*) > 1) AS stands_once,
    curriculum_rank = file_row_number AS rank_is_place,
    stage >= coalesce(lag(stage) OVER (ORDER BY file_row_number), 0) AS stage_follows,
    isfinite(sampling_weight) AS weight_is_finite,
    concat_ws('/', problem_id, tier, pass_rate) IN (SELECT concat_ws('/', problem_id, tier, pass_rate) FROM problems)
        AS problem_known
FROM checked
