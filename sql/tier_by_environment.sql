-- How are each environment's problems spread over the tiers? (run=ID, all if not given)
SELECT
    environment,
    count(*) AS problems,
    count(*) FILTER (tier = 'easy') AS easy,
    count(*) FILTER (tier = 'medium') AS medium,
    count(*) FILTER (tier = 'hard') AS hard,
    count(*) FILTER (tier = 'trivial') AS trivial,
    count(*) FILTER (tier = 'unsolved') AS unsolved,
    count(*) FILTER (tier = 'ungraded') AS ungraded,
    round(count(*) FILTER (tier IN ('easy', 'medium', 'hard')) / count(*), 3) AS tiered_share
FROM problems
WHERE coalesce(run_id = getvariable('run'), true)
GROUP BY environment
ORDER BY environment;
