-- How many attempts were cut at the token limit, in each environment, and what would p be without them?
SELECT
    environment,
    count(*) AS attempts,
    count(*) FILTER (finish_reason = 'length') AS cut,
    round(count(*) FILTER (finish_reason = 'length') / count(*), 3) AS share,
    round(sum(completion_tokens) FILTER (finish_reason = 'length') / sum(completion_tokens), 3) AS share_of_tokens,
    round(avg(completion_tokens) FILTER (finish_reason = 'length'), 1) AS mean_tokens_of_cut,
    round(avg(completion_tokens) FILTER (finish_reason <> 'length'), 1) AS mean_tokens_of_others,
    count(DISTINCT problem_id) FILTER (finish_reason = 'length') AS problems,
    count(*) FILTER (finish_reason = 'length' AND reward = 1) AS solved_though_cut,
    round(avg(reward), 3) AS mean_reward,
    round(avg(reward) FILTER (finish_reason <> 'length'), 3) AS mean_reward_without
FROM attempts
GROUP BY environment
ORDER BY environment;
