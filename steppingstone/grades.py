"""New grades in the place of old ones: the latest version's tables, with what a run graded again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from steppingstone import contents, drafts, versions
from steppingstone.dataset import Dataset
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.tiers import write_tiers

GRADED = (
    "pass_count",
    "graded_count",
    "attempt_count",
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
"""What a student's attempts say of a problem, but for what follows from its counts."""
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

# Attempts and problems in the same order, so that those of one batch stand together when they are graded again.
ATTEMPTED = """
FROM attempts WHERE problem_id NOT IN (SELECT problem_id FROM new_problems)
UNION ALL BY NAME
FROM new_attempts WHERE problem_id IN (SELECT problem_id FROM problems)
"""
REGRADED = """
FROM problems WHERE problem_id NOT IN (SELECT problem_id FROM new_problems)
UNION ALL BY NAME
FROM new_problems WHERE problem_id IN (SELECT problem_id FROM problems)
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
RESCORED = """
WITH recounted AS (
    SELECT problem_id, count(*) FILTER (verdict = 'solved') AS pass_count, count(reward) AS graded_count
    FROM ({attempts}) WHERE problem_id IN (SELECT problem_id FROM changed) GROUP BY problem_id
)
SELECT problems.* REPLACE (
    coalesce(recounted.pass_count, problems.pass_count) AS pass_count,
    coalesce(recounted.graded_count, problems.graded_count) AS graded_count
)
FROM problems LEFT JOIN recounted USING (problem_id)
"""
TIER_CHANGED = """
SELECT problem_id FROM problems AS old JOIN ({problems}) AS new USING (problem_id) WHERE old.tier <> new.tier
"""
BEYOND_TARGETS = """
SELECT problem_id FROM problems WHERE tier IN ('easy', 'medium', 'hard') AND problem_id NOT IN (
    SELECT problem_id FROM easy UNION ALL SELECT problem_id FROM medium UNION ALL SELECT problem_id FROM hard
)
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
        _write_problems(tables, dataset, REGRADED, thresholds)
        differs = " OR ".join(f"new.{column} <> old.{column}" for column in GRADED)
        changed = f"SELECT problem_id FROM problems AS old JOIN new_problems AS new USING (problem_id) WHERE {differs}"
        return Dataset(str(dataset), base, _count(tables, dataset, changed))


def with_verdicts(draft: drafts.Folder, data_root: drafts.Folder, thresholds: Thresholds, changes: Path) -> Dataset:
    """The latest version with the verdicts of a draft's attempts in the place of their own, in a folder beside the draft.

    `changes` becomes a CSV file of the attempts whose verdict changed, those first whose reward did.
    """
    with _replacing(draft, data_root) as (tables, dataset, base):
        _view(tables, draft, "attempts")
        tables.execute(CHANGED)
        tables.execute(f"COPY ({CHANGES}) TO {drafts.quoted(str(changes))} (HEADER)")
        drafts.rewrite(tables, dataset, "attempts", SCORED)
        attempts = drafts.select_from(drafts.place(dataset, "attempts"))
        _write_problems(tables, dataset, RESCORED.format(attempts=attempts), thresholds)
        changed = "SELECT DISTINCT problem_id FROM changed WHERE reward_before IS DISTINCT FROM reward_after"
        return Dataset(str(dataset), base, _count(tables, dataset, changed))


def _count(tables: "drafts.Connection", dataset: Path, changed: str) -> int:
    """How many problems changed, or came into another tier, be it by other thresholds."""
    tiers = TIER_CHANGED.format(problems=drafts.select_from(drafts.place(dataset, "problems")))
    return len(tables.sql(f"{changed} UNION {tiers}").fetchall())


@contextmanager
def _replacing(draft: drafts.Folder, data_root: drafts.Folder) -> "Iterator[tuple[drafts.Connection, Path, int]]":
    """The latest version's tables, a new folder with those that no grade changes, and the version's number.

    Once its problems are written, the tier tables are made from them, without what targets had kept out of them.
    """
    base, dataset = versions.published(data_root), Path(draft).parent / "dataset"
    dataset.mkdir(exist_ok=True)
    for table in ("seeds", "rejections", "quarantine"):
        contents.put(drafts.table_path(base.folder, table), drafts.table_path(dataset, table))
    with drafts.connect(base.folder) as tables:
        beyond = [problem for (problem,) in tables.sql(BEYOND_TARGETS).fetchall()]
        yield tables, dataset, base.number
    write_tiers(dataset, {}, beyond)


def _view(tables: "drafts.Connection", draft: drafts.Folder, table: str) -> None:
    tables.execute(f"CREATE TEMP VIEW new_{table} AS {drafts.select_from(drafts.place(draft, table))}")


def _write_problems(tables: "drafts.Connection", dataset: Path, problems: str, thresholds: Thresholds) -> None:
    """Writes the problems that a query gives, with what follows from their counts."""
    tables.execute(f"CREATE TEMP VIEW counted AS {problems}")
    counts = tables.sql("SELECT DISTINCT pass_count, graded_count FROM counted").fetchall()
    rates = [_rate(PassRate(solved, graded), thresholds) for solved, graded in counts]
    tables.register("rates", pa.Table.from_pylist(rates, schema=RATES))
    follows = ", ".join(f"rates.{column} AS {column}" for column in RATES.names[2:])
    query = f"SELECT counted.* REPLACE ({follows}) FROM counted JOIN rates USING (pass_count, graded_count)"
    drafts.rewrite(tables, dataset, "problems", query)


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
