"""Gates over figures in place of rows: whether each environment has its due, whether tables grow, what a run yields."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from expectations.evaluation import evaluate
from expectations.results import GateResult, Outcome, Scope
from expectations.rules import Rules
from expectations.suites import expected, project
from steppingstone import drafts

FEWEST = 30
"""Shares of fewer problems or chains than these are chance."""


def check_balance(draft: drafts.Folder, rules: Rules) -> GateResult:
    """Whether each environment has its due of the problems that a draft keeps, by the chains that were run in it."""
    parameters = {"environments": list(rules.environments), "tolerance": rules.imbalance, "fewest": FEWEST}
    with drafts.connect(draft) as tables:
        return _held("balance", "tiers", "run", project(tables, "balance", parameters))


def check_yield(dataset: drafts.Folder, published: Sequence[str], rules: Rules) -> GateResult:
    """Whether the runs that are new in a dataset keep as much of a chain as the last of the published ones."""
    parameters = {"published": list(published), "tolerance": rules.yield_lost, "fewest": FEWEST}
    with drafts.connect(dataset) as tables:
        return _held("yield", "tiers", "dataset", project(tables, "yield", parameters))


def check_growth(rows: Mapping[str, int], before: Mapping[str, int], rules: Rules) -> GateResult:
    """Whether tables have as many rows as they had before, but for the share that may be missing."""
    told = [
        {"row_id": table, "counted": count, "least": math.ceil(round((1 - rules.rows_lost) * before.get(table, 0), 6))}
        for table, count in rows.items()
    ]
    return _held("growth", "all tables", "dataset", pa.Table.from_pylist(told))


def _held(suite: str, table: str, scope: Scope, figures: pa.Table) -> GateResult:
    outcomes = evaluate(suite, expected(suite, scope), [figures], {})
    return GateResult(suite, table, scope, tuple(replace(each, seen=_told(figures, each)) for each in outcomes))


def _told(figures: pa.Table, outcome: Outcome) -> str:
    """The figures that failed, or all of them."""
    failing = set(outcome.row_ids.to_pylist())
    rows = [row for row in figures.to_pylist() if not failing or row["row_id"] in failing]
    return "; ".join(f"{row['row_id']}: {row['counted']:,}, at least {row['least']:,}" for row in rows)
