"""The quarantine of a draft: rows that failed a gate, and the rows that cannot stand without them."""

from dataclasses import dataclass

import pyarrow as pa

from steppingstone import drafts
from steppingstone.tables import ROW_IDS

FAILURES = pa.schema([(name, pa.string()) for name in ("table", "row_id", "expectation", "column")])
"""Rows that failed an expectation; `row_id` is as `ROW_IDS` makes it."""

QUARANTINED_FROM = ("seeds", "problems", "attempts", "rejections")

OF_SEED, OF_PROBLEM, OF_ATTEMPT = "its_seed_is_quarantined", "its_problem_is_quarantined", "an_attempt_at_it_is_quarantined"

# A problem's p was counted over its attempts: with one of them in doubt it is in doubt itself, and so are the others.
OUT = f"""
CREATE OR REPLACE TEMP TABLE out_seeds AS
    SELECT seed_id, row_id, expectation, "column" FROM keyed_seeds JOIN of_seeds USING (row_id);
CREATE OR REPLACE TEMP TABLE out_attempts AS
    SELECT problem_id, chain_id, round, row_id, expectation, "column" FROM keyed_attempts JOIN of_attempts USING (row_id);
CREATE OR REPLACE TEMP TABLE out_rejections AS
    SELECT row_id, expectation, "column" FROM keyed_rejections JOIN of_rejections USING (row_id);
CREATE OR REPLACE TEMP TABLE out_problems AS
    SELECT problem_id, chain_id, round, row_id, expectation, "column" FROM keyed_problems JOIN of_problems USING (row_id);
INSERT INTO out_problems
    SELECT problem_id, chain_id, round, row_id, '{OF_SEED}', 'seed_id' FROM keyed_problems
    WHERE seed_id IN (SELECT seed_id FROM out_seeds) AND row_id NOT IN (SELECT row_id FROM out_problems);
INSERT INTO out_problems
    SELECT problem_id, chain_id, round, row_id, '{OF_ATTEMPT}', 'problem_id' FROM keyed_problems
    WHERE (problem_id, chain_id, round) IN (SELECT (problem_id, chain_id, round) FROM out_attempts)
    AND row_id NOT IN (SELECT row_id FROM out_problems);
INSERT INTO out_attempts
    SELECT problem_id, chain_id, round, row_id, '{OF_PROBLEM}', 'problem_id' FROM keyed_attempts
    WHERE (problem_id, chain_id, round) IN (SELECT (problem_id, chain_id, round) FROM out_problems)
    AND row_id NOT IN (SELECT row_id FROM out_attempts);
"""

QUARANTINED = """
SELECT '{table}' AS "table", row_id, expectation, "column", row
FROM (SELECT {row_id} AS row_id, to_json(whole)::VARCHAR AS row FROM {table} AS whole)
JOIN (SELECT row_id, expectation, "column" FROM out_{table}) USING (row_id)
"""

REJECTED = """
SELECT
    'validate-' || left(sha256(row_id), 16) AS rejection_id,
    run_id, chain_id, seed_id, environment, round, steer,
    'validate' AS stage, 'quarantined' AS reason,
    (SELECT string_agg(expectation, ', ' ORDER BY expectation) FROM out_problems AS failed
        WHERE failed.row_id = keyed_problems.row_id) AS detail,
    problem_id, NULL::VARCHAR AS partner_id, NULL::BIGINT AS partner_version, tier, code AS reply,
    teacher_prompt_tokens + student_prompt_tokens AS prompt_tokens,
    teacher_cached_tokens + student_cached_tokens AS cached_tokens,
    teacher_completion_tokens + student_completion_tokens AS completion_tokens,
    teacher_reasoning_tokens + student_reasoning_tokens AS reasoning_tokens,
    teacher_dollars + student_dollars AS dollars
FROM keyed_problems WHERE row_id IN (SELECT row_id FROM out_problems)
"""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What failures take out of a draft: rows of each table, with those that cannot stand without the failing ones."""

    seeds: int
    problems: int
    attempts: int
    rejections: int


def weigh(draft: drafts.Folder, failures: pa.Table) -> Quarantine:
    """How many rows `take_out` would take out; the draft stays as it is."""
    with drafts.connect(draft) as tables:
        return _find(tables, failures)


def take_out(draft: drafts.Folder, failures: pa.Table) -> Quarantine:
    """Moves failing rows to the quarantine table with the expectation that each failed; problems are rejections too.

    A quarantined seed takes its problems along, a problem its attempts, an attempt its problem. Killed half-way it can be
    done again: rows leave their tables last, and nothing is added twice.
    """
    with drafts.connect(draft) as tables:
        found = _find(tables, failures)
        if failures.num_rows:
            _move(tables, draft)
    return found


def _find(tables: "drafts.Connection", failures: pa.Table) -> Quarantine:
    tables.register("failures", failures.cast(FAILURES))
    for table in QUARANTINED_FROM:
        tables.execute(f"CREATE OR REPLACE TEMP VIEW keyed_{table} AS SELECT *, {ROW_IDS[table]} AS row_id FROM {table}")
        chosen = f"SELECT DISTINCT * FROM failures WHERE \"table\" = '{table}'"
        tables.execute(f"CREATE OR REPLACE TEMP VIEW of_{table} AS {chosen}")
    tables.execute(OUT)
    return Quarantine(*(_count(tables, f"out_{table}") for table in QUARANTINED_FROM))


def _count(tables: "drafts.Connection", out: str) -> int:
    ((count,),) = tables.execute(f"SELECT count(DISTINCT row_id) FROM {out}").fetchall()
    return int(count)


def _move(tables: "drafts.Connection", draft: drafts.Folder) -> None:
    taken = " UNION ALL ".join(f"({QUARANTINED.format(table=table, row_id=ROW_IDS[table])})" for table in QUARANTINED_FROM)
    _add(tables, draft, "quarantine", taken, '("table", row_id, expectation)')
    _add(tables, draft, "rejections", REJECTED, "rejection_id")
    for table in reversed(QUARANTINED_FROM):
        left = f"FROM {table} WHERE {ROW_IDS[table]} NOT IN (SELECT row_id FROM out_{table})"
        drafts.rewrite(tables, draft, table, left)


def _add(tables: "drafts.Connection", draft: drafts.Folder, table: str, rows: str, key: str) -> None:
    old = f"FROM {table} WHERE {key} NOT IN (SELECT {key} FROM ({rows}))"
    drafts.rewrite(tables, draft, table, f"({old}) UNION ALL BY NAME ({rows} ORDER BY ALL)")
