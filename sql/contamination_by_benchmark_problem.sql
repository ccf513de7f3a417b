-- Which evaluation problems were seeds and problems too close to, and how many of each were dropped for it?
SELECT
    partner_id AS evaluation_problem,
    count(*) AS dropped,
    count(*) FILTER (problem_id IS NULL) AS seeds,
    count(*) FILTER (problem_id IS NOT NULL) AS problems,
    count(*) FILTER (tier IN ('easy', 'medium', 'hard')) AS with_a_tier,
    string_agg(DISTINCT environment, ', ' ORDER BY environment) FILTER (environment <> '') AS environments,
    left(replace(min(detail), chr(10), ' '), 60) AS for_example
FROM rejections
WHERE reason = 'contaminated'
GROUP BY partner_id
ORDER BY dropped DESC, evaluation_problem;
