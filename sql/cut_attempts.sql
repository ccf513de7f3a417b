-- How many attempts were cut at the token limit, in each environment, and what would p be without them?
WITH counted AS (
    SELECT
        environment,
        finish_reason = 'length' AS was_cut,
        count(*) AS attempts,
        count(reward) AS graded,
        sum(reward) AS solved,
        sum(completion_tokens) AS tokens
    FROM attempts GROUP BY ALL
),
hit AS (
    SELECT environment, count(DISTINCT problem_id) AS problems FROM attempts WHERE finish_reason = 'length' GROUP BY environment
)
SELECT
    environment,
    sum(attempts)::BIGINT AS attempts,
    coalesce(sum(attempts) FILTER (was_cut), 0)::BIGINT AS cut,
    round(cut / sum(attempts), 3) AS share,
    round(coalesce(sum(tokens) FILTER (was_cut), 0) / sum(tokens), 3) AS share_of_tokens,
    round(sum(tokens) FILTER (was_cut) / cut, 1) AS mean_tokens_of_cut,
    round(sum(tokens) FILTER (NOT was_cut) / sum(attempts) FILTER (NOT was_cut), 1) AS mean_tokens_of_others,
    coalesce(any_value(problems), 0) AS problems,
    coalesce(sum(solved) FILTER (was_cut), 0)::BIGINT AS solved_though_cut,
    round(sum(solved) / sum(graded), 3) AS mean_reward,
    round(sum(solved) FILTER (NOT was_cut) / sum(graded) FILTER (NOT was_cut), 3) AS mean_reward_without
FROM counted LEFT JOIN hit USING (environment)
GROUP BY environment
ORDER BY environment;
