"""New grades in the place of old ones: the latest version's tables, with what a run graded again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from steppingstone import contents, drafts, versions
from steppingstone.dataset import Dataset
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.tiers import write_tiers

COUNTS = ("pass_count", "graded_count", "attempt_count")
STUDENT = (
    "student_model",
    "student_temperature",
    "student_top_p",
    "student_max_tokens",
    "student_reasoning_effort",
    "student_prompt_tokens",
    "student_cached_tokens",
    "student_completion_tokens",
    "student_reasoning_tokens",
    "student_dollars",
)
RATES = pa.schema(
    {
        "pass_count": pa.int64(),
        "graded_count": pa.int64(),
        "pass_rate": pa.float64(),
        "pass_rate_low": pa.float64(),
        "pass_rate_high": pa.float64(),
        "tier": pa.string(),
        "straddles": pa.bool_(),
    }
)
"""What follows from a problem's counts."""

ATTEMPTED = """
FROM attempts WHERE problem_id NOT IN (SELECT problem_id FROM new_problems)
UNION ALL BY NAME
FROM new_attempts WHERE problem_id IN (SELECT problem_id FROM problems)
"""

# An attempt that was replaced meanwhile is another one: its completion says so.
CHANGED = """
CREATE TEMP TABLE changed AS
SELECT
    problem_id, chain_id, round, attempt, old.environment,
    old.verdict AS verdict_before, new.verdict AS verdict_after, old.reward AS reward_before, new.reward AS reward_after,
    new.answer, new.detail
FROM attempts AS old JOIN new_attempts AS new USING (problem_id, chain_id, round, attempt, completion)
"""
SCORED = """
SELECT attempts.* REPLACE (
    coalesce(changed.verdict_after, verdict) AS verdict,
    coalesce(changed.answer, attempts.answer) AS answer,
    coalesce(changed.detail, attempts.detail) AS detail,
    CASE WHEN changed.verdict_after IS NULL THEN reward ELSE reward_after END AS reward
)
FROM attempts LEFT JOIN changed USING (problem_id, chain_id, round, attempt)
"""
RECOUNTED = """
CREATE TEMP VIEW new_problems AS
SELECT problem_id, count(*) FILTER (verdict = 'solved') AS pass_count, count(reward) AS graded_count, count(*) AS attempt_count
FROM ({attempts}) WHERE problem_id IN (SELECT problem_id FROM changed WHERE reward_before IS DISTINCT FROM reward_after)
GROUP BY problem_id
"""
CHANGES = """
FROM changed
ORDER BY reward_before IS NOT DISTINCT FROM reward_after, environment, verdict_before, verdict_after, problem_id, attempt
"""


def with_attempts(draft: drafts.Folder, data_root: drafts.Folder, thresholds: Thresholds) -> Dataset:
    """The latest version with the problems and attempts of a draft in the place of its own, in a folder beside the draft.

    What the version doesn't hold is left out; what the draft doesn't hold keeps its attempts and its p.
    """
    with _replacing(draft, data_root) as (tables, dataset, base):
        _view(tables, draft, "problems")
        _view(tables, draft, "attempts")
        drafts.rewrite(tables, dataset, "attempts", ATTEMPTED)
        changed = _write_problems(tables, dataset, (*COUNTS, *STUDENT), thresholds)
        return Dataset(str(dataset), base, changed)


def with_verdicts(draft: drafts.Folder, data_root: drafts.Folder, thresholds: Thresholds, changes: Path) -> Dataset:
    """The latest version with the verdicts of a draft's attempts in the place of their own, in a folder beside the draft.

    `changes` becomes a CSV file of the attempts whose verdict changed, those first whose reward did.
    """
    with _replacing(draft, data_root) as (tables, dataset, base):
        _view(tables, draft, "attempts")
        tables.execute(CHANGED)
        tables.execute(f"COPY ({CHANGES}) TO {drafts.quoted(str(changes))} (HEADER)")
        drafts.rewrite(tables, dataset, "attempts", SCORED)
        tables.execute(RECOUNTED.format(attempts=drafts.select_from(drafts.place(dataset, "attempts"))))
        _write_problems(tables, dataset, COUNTS, thresholds)
        return Dataset(str(dataset), base, len(tables.sql("SELECT problem_id FROM new_problems").fetchall()))


@contextmanager
def _replacing(draft: drafts.Folder, data_root: drafts.Folder) -> "Iterator[tuple[drafts.Connection, Path, int]]":
    """The latest version's tables, a new folder with those that no grade changes, and the version's number.

    Once its problems are written, the tier tables are made from them.
    """
    base, dataset = versions.published(data_root), Path(draft).parent / "dataset"
    dataset.mkdir(exist_ok=True)
    for table in ("seeds", "rejections", "quarantine"):
        contents.put(drafts.table_path(base.folder, table), drafts.table_path(dataset, table))
    with drafts.connect(base.folder) as tables:
        yield tables, dataset, base.number
    write_tiers(dataset, {})


def _view(tables: "drafts.Connection", draft: drafts.Folder, table: str) -> None:
    tables.execute(f"CREATE TEMP VIEW new_{table} AS {drafts.select_from(drafts.place(draft, table))}")


def _write_problems(tables: "drafts.Connection", dataset: Path, columns: tuple[str, ...], thresholds: Thresholds) -> int:
    """Writes all problems with these columns of the new ones, and what follows from their counts; how many these changed."""
    new = ", ".join(f"coalesce(new.{column}, old.{column}) AS {column}" for column in columns)
    joined = "FROM problems AS old LEFT JOIN new_problems AS new USING (problem_id)"
    tables.execute(f"CREATE TEMP VIEW counted AS SELECT old.* REPLACE ({new}) {joined}")
    counts = tables.sql("SELECT DISTINCT pass_count, graded_count FROM counted").fetchall()
    rates = [_rate(PassRate(solved, graded), thresholds) for solved, graded in counts]
    tables.register("rates", pa.Table.from_pylist(rates, schema=RATES))
    follows = ", ".join(f"rates.{column} AS {column}" for column in RATES.names[2:])
    query = f"SELECT counted.* REPLACE ({follows}) FROM counted JOIN rates USING (pass_count, graded_count)"
    drafts.rewrite(tables, dataset, "problems", query)
    differs = " OR ".join(f"new.{column} <> old.{column}" for column in columns)
    return tables.sql(f"SELECT problem_id {joined} WHERE {differs}").shape[0]


def _rate(rate: PassRate, thresholds: Thresholds) -> dict[str, object]:
    low, high = rate.interval() or (None, None)
    return {
        "pass_count": rate.solved,
        "graded_count": rate.graded,
        "pass_rate": rate.value,
        "pass_rate_low": low,
        "pass_rate_high": high,
        "tier": str(thresholds.tier(rate)),
        "straddles": thresholds.straddled(rate),
    }
