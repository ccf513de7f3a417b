"""The suites' files: expectations, and which of them hold where; the query for what they look at."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from expectations.results import Scope
from steppingstone import drafts

FOLDER = Path(__file__).parent
REMEDY = (
    "the table of gates names rows that fail and what stood there; no settings lead to this, so tables were changed by hand, "
    "or it is a fault of this program: report it with these lines"
)
"""Where an expectation has no remedy of its own."""


def load_suite(name: str) -> list[dict[str, Any]]:
    """The expectations of a suite as its file says them, in order."""
    return list(json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["expectations"])


def remedy(suite: str, expectation: str) -> str:
    """What to do if an expectation of a suite does not hold."""
    found = [each["meta"].get("remedy") for each in load_suite(suite) if each["meta"]["name"] == expectation]
    return next(filter(None, found), REMEDY)


def expected(name: str, scope: Scope) -> list[dict[str, Any]]:
    """The expectations of a suite that hold in a run's draft, or in a whole dataset, where no row is quarantined any more."""
    chosen = [each for each in load_suite(name) if each["meta"].get("of", scope) == scope]
    if scope == "run":
        return chosen
    return [each | {"meta": each["meta"] | {"level": each["meta"]["level"].replace("row", "table")}} for each in chosen]


def project(tables: "drafts.Connection", name: str, parameters: Mapping[str, object]) -> pa.Table:
    """What a suite's `.sql` file asks for; it reads the parameters as variables."""
    for variable, value in parameters.items():
        tables.execute(f"SET VARIABLE {variable} = ?", [value])
    return tables.sql((FOLDER / f"{name}.sql").read_text("utf-8")).to_arrow_table()
