"""Takes the problems out of a draft that hold an evaluation problem."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from steppingstone import drafts
from steppingstone.contamination.index import EvaluationIndex

KEY = ("problem_id", "chain_id", "round")
FOUND = pa.schema(
    [("problem_id", pa.string()), ("chain_id", pa.string()), ("round", pa.int64()), ("name", pa.string()), ("how", pa.string())]
)

REJECTED = """
SELECT
    'decontaminate-' || left(sha256(concat_ws('/', problem_id, chain_id, round)), 16) AS rejection_id,
    run_id, chain_id, seed_id, environment, round, steer,
    'decontaminate' AS stage, 'contaminated' AS reason, format('holds {}: {}', name, how) AS detail,
    problem_id, name AS partner_id, NULL::BIGINT AS partner_version, tier, '' AS reply,
    teacher_prompt_tokens + student_prompt_tokens AS prompt_tokens,
    teacher_cached_tokens + student_cached_tokens AS cached_tokens,
    teacher_completion_tokens + student_completion_tokens AS completion_tokens,
    teacher_reasoning_tokens + student_reasoning_tokens AS reasoning_tokens,
    teacher_dollars + student_dollars AS dollars
FROM problems JOIN found USING (problem_id, chain_id, round)
"""


@dataclass(frozen=True, slots=True)
class Decontaminated:
    """How many problems stayed, and how many left because they hold an evaluation problem."""

    kept: int
    dropped: int


def drop_contaminated(draft: drafts.Folder, evaluation: EvaluationIndex) -> Decontaminated:
    """Moves problems whose statement, code or inputs hold an evaluation problem, with their attempts, out of a draft.

    Rejections name the evaluation problem, and how it was found. Killed half-way it can be done again: problems are the last
    to be rewritten, and rejections are not added twice.
    """
    found = pa.Table.from_pylist(list(_found(draft, evaluation)), schema=FOUND)
    if found.num_rows:
        with drafts.connect(draft) as tables:
            tables.register("found", found)
            rejected = f"FROM rejections WHERE rejection_id NOT IN (SELECT rejection_id FROM ({REJECTED}))"
            drafts.rewrite(tables, draft, "rejections", f"({rejected}) UNION ALL BY NAME ({REJECTED} ORDER BY rejection_id)")
            for table in ("attempts", "problems"):
                kept = f"FROM {table} WHERE ({', '.join(KEY)}) NOT IN (SELECT ({', '.join(KEY)}) FROM found)"
                drafts.rewrite(tables, draft, table, kept)
    return Decontaminated(drafts.count_rows(draft, "problems"), found.num_rows)


def _found(draft: drafts.Folder, evaluation: EvaluationIndex) -> Iterator[drafts.Row]:
    for row in drafts.iterate(draft, "problems", [*KEY, "statement", "code", "inputs"]):
        if (hit := evaluation.hit(row["statement"], row["code"], *row["inputs"])) is not None:
            yield {key: row[key] for key in KEY} | {"name": hit.name, "how": hit.detail}
