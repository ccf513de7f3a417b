"""Exact duplicates within a run: the same environment, the same program but for names and layout, the same inputs."""

from dataclasses import dataclass

from steppingstone import drafts

FIND = """
CREATE OR REPLACE TEMP TABLE duplicate AS
SELECT * EXCLUDE place FROM (
    SELECT
        problem_id, chain_id, round,
        first(problem_id) OVER alike AS partner_id,
        first(chain_id) OVER alike AS partner_chain,
        first(round) OVER alike AS partner_round,
        row_number() OVER alike AS place
    FROM problems
    WINDOW alike AS (PARTITION BY environment, content_hash ORDER BY chain_number, round, chain_id, problem_id)
) WHERE place > 1
"""

REJECTED = """
SELECT
    'deduplicate-' || left(sha256(concat_ws('/', problem_id, chain_id, round)), 16) AS rejection_id,
    run_id, chain_id, seed_id, environment, round, steer,
    'deduplicate' AS stage, 'duplicate' AS reason,
    format('the same as round {} of chain {}; this one was solved {} of {} times',
           partner_round, partner_chain, pass_count, graded_count) AS detail,
    problem_id, partner_id, NULL::BIGINT AS partner_version, tier, code AS reply,
    teacher_prompt_tokens + student_prompt_tokens AS prompt_tokens,
    teacher_cached_tokens + student_cached_tokens AS cached_tokens,
    teacher_completion_tokens + student_completion_tokens AS completion_tokens,
    teacher_reasoning_tokens + student_reasoning_tokens AS reasoning_tokens,
    teacher_dollars + student_dollars AS dollars
FROM problems JOIN duplicate USING (problem_id, chain_id, round)
"""

KEY = "(problem_id, chain_id, round)"


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """How many problems stayed, and how many left as duplicates of them."""

    kept: int
    dropped: int


def drop_duplicates(draft: drafts.Folder) -> Deduplicated:
    """Moves all but the first of each set of duplicates, with their attempts, out of a draft; rejections name the partner.

    First is the chain that was drawn earlier, and its earliest round, so that the same draft always keeps the same problems,
    and chains that were begun later take nothing from those before them.
    Killed half-way it can be done again: problems are the last to be rewritten, and rejections are not added twice.
    """
    with drafts.connect(draft) as tables:
        tables.execute(FIND)
        dropped = tables.sql("FROM duplicate").shape[0]
        if dropped:
            rejected = f"FROM rejections WHERE rejection_id NOT IN (SELECT rejection_id FROM ({REJECTED}))"
            drafts.rewrite(tables, draft, "rejections", f"({rejected}) UNION ALL BY NAME ({REJECTED} ORDER BY rejection_id)")
            for table in ("attempts", "problems"):
                drafts.rewrite(tables, draft, table, f"FROM {table} WHERE {KEY} NOT IN (SELECT {KEY} FROM duplicate)")
    return Deduplicated(drafts.count_rows(draft, "problems"), dropped)
