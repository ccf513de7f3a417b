-- What is pass@k of each model, by benchmark and segment, over its training steps? (label=…, benchmark=…, step=N; all if not given)
SELECT label, step, benchmark, segment, k, round(value, 4) AS "value", round(low, 4) AS low, round(high, 4) AS high,
    problems, left_out, samples
FROM evaluations
WHERE label = coalesce(getvariable('label'), label)
    AND benchmark = coalesce(getvariable('benchmark'), benchmark)
    AND step = coalesce(getvariable('step')::BIGINT, step)
ORDER BY benchmark, coalesce(list_position(['all', 'easy', 'medium', 'hard'], segment), 5), segment, k, label, step;
