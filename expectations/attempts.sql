-- What the suite `attempts` looks at: no texts, and whether what belongs together agrees.
SELECT
    row_id, attempt, verdict, reward,
    (problem_id, chain_id, round, attempt) NOT IN (
        SELECT (problem_id, chain_id, round, attempt) FROM checked GROUP BY ALL HAVING count(*) > 1) AS stands_once,
    owner.problem_id IS NOT NULL AS problem_known,
    owner.problem_id IS NULL OR owner.environment = checked.environment AS environment_agrees,
    owner.problem_id IS NULL OR attempt BETWEEN 0 AND owner.attempt_count - 1 AS place_agrees,
    reward IS NOT DISTINCT FROM CASE verdict WHEN 'ungraded' THEN NULL WHEN 'solved' THEN 1 ELSE 0 END AS reward_agrees,
    least(prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens) AS fewest_tokens
FROM checked LEFT JOIN problems AS owner USING (problem_id, chain_id, round)
