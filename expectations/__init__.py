"""Gates: one Great Expectations suite a table, in JSON, over the columns that the `.sql` file beside it projects.

Each expectation has a level: `row`, whose failing rows are quarantined; `table`, which stops publishing; `warning`, which is
said. One that is `of` the run holds a draft to its run's settings, one `of` the dataset is for a draft with all published rows
before it, and the others hold for both. In a dataset, where the quarantine is over, rows that fail stop publishing, too.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from expectations.evaluation import evaluate
from expectations.figures import check_balance, check_growth, check_yield
from expectations.results import GateResult, Outcome, Scope
from expectations.rules import Rules
from expectations.suites import expected, project, remedy
from steppingstone import drafts
from steppingstone.records import Reason, Tier
from steppingstone.settings import REAL
from steppingstone.tables import ROW_IDS, TIERS

__all__ = [
    "GateResult",
    "Outcome",
    "Rules",
    "Scope",
    "check",
    "check_balance",
    "check_curriculum",
    "check_growth",
    "check_yield",
    "remedy",
]

ROWS_A_SLICE, PROBLEMS_A_SLICE = 200_000, 50_000
"""Rows that are looked at together. Of problems the texts are read, too."""

TOGETHER = {"seeds": "seed_id", "rejections": "rejection_id", "quarantine": "row_id"}
"""What rows that stand in one slice have in common; it is the problem in all other tables."""


def check(folder: drafts.Folder, table: str, rules: Rules, scope: Scope = "run", rows_a_slice: int | None = None) -> GateResult:
    """Holds one table of a draft or of a dataset to its suite, in slices, so that memory does not grow with the table.

    Rows that share a key are in one slice, which is what uniqueness needs.
    """
    suite = "tiers" if table in TIERS else table
    at_once = rows_a_slice or (PROBLEMS_A_SLICE if table == "problems" else ROWS_A_SLICE)
    slices = max(1, math.ceil(drafts.count_rows(folder, table) / at_once))
    named = f", {ROW_IDS[table]} AS row_id" if table in ROW_IDS else ""
    rows = f"SELECT *{named} FROM {table}"
    with drafts.connect(folder) as tables:
        frames = _slices(tables, suite, rows, TOGETHER.get(table, "problem_id"), slices, asdict(rules.thresholds))
        outcomes = evaluate(suite, expected(suite, scope), frames, _parameters(rules, table))
    return GateResult(suite, table, scope, outcomes)


def check_curriculum(dataset: drafts.Folder, file: Path) -> GateResult:
    """Holds one curriculum's file of a dataset to its suite."""
    path = drafts.quoted(drafts.glob_safe(str(file.absolute())))
    rows = f"SELECT *, problem_id AS row_id FROM read_parquet({path}, hive_partitioning = false, file_row_number = true)"
    with drafts.connect(dataset) as tables:
        frames = _slices(tables, "curricula", rows, "problem_id", 1, {})
        outcomes = evaluate("curricula", expected("curricula", "dataset"), frames, {})
    return GateResult("curricula", f"curriculum_{file.stem}", "dataset", outcomes)


def _slices(
    tables: "drafts.Connection", suite: str, rows: str, together: str, slices: int, variables: Mapping[str, object]
) -> Iterator[pa.Table]:
    """The projected columns of rows, slice by slice; those that have `together` in common are in one."""
    for number in range(slices):
        tables.execute(f"CREATE OR REPLACE TEMP VIEW checked AS FROM ({rows}) WHERE hash({together}) % {slices} = {number}")
        yield project(tables, suite, variables)


def _parameters(rules: Rules, table: str) -> dict[str, object]:
    """What a suite leaves open."""
    return {
        "environments": [*rules.environments, REAL],
        "rejected_environments": ["", *rules.environments, REAL],
        "reasons": [reason.value for reason in Reason],
        "attempts": rules.attempts,
        "least_attempts": rules.least_attempts,
        "tiers": [Tier(table).value] if table in TIERS else [],
    }
