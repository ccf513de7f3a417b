-- How do pass rates, tiers and the mix of environments drift from version to version?
WITH counted AS (
    SELECT
        version,
        coalesce(environment, 'all') AS environment,
        count(*) AS problems,
        avg(pass_rate) AS mean_p,
        count(*) FILTER (tier = 'easy') / count(*) AS easy,
        count(*) FILTER (tier = 'medium') / count(*) AS medium,
        count(*) FILTER (tier = 'hard') / count(*) AS hard,
        count(*) FILTER (tier = 'trivial') / count(*) AS trivial,
        count(*) FILTER (tier = 'unsolved') / count(*) AS unsolved
    FROM version_problems
    GROUP BY GROUPING SETS ((version, version_problems.environment), (version))
)
SELECT
    version,
    environment,
    problems,
    round(problems / max(problems) OVER (PARTITION BY version), 3) AS share,
    round(mean_p, 3) AS mean_p,
    round(mean_p - lag(mean_p) OVER (PARTITION BY environment ORDER BY version), 3) AS change_of_p,
    round(easy, 3) AS easy_share,
    round(medium, 3) AS medium_share,
    round(hard, 3) AS hard_share,
    round(trivial, 3) AS trivial_share,
    round(unsolved, 3) AS unsolved_share
FROM counted
ORDER BY version, environment = 'all', environment;
