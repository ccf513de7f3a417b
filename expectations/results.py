"""How tables came out of their suites."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Scope = Literal["run", "dataset"]
Level = Literal["row", "table", "warning"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How one expectation came out. `row_ids` are of all rows that fail it; `seen` says in a few words what broke it."""

    name: str
    level: Level
    column: str
    ok: bool
    checked: int
    unexpected: int
    row_ids: pa.ChunkedArray
    seen: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """How a table came out of its suite, expectation by expectation. It is a run's own, or that of a whole dataset."""

    suite: str
    table: str
    scope: Scope
    outcomes: tuple[Outcome, ...]

    def failed(self, level: Level) -> tuple[Outcome, ...]:
        """The expectations of one level that did not hold."""
        return tuple(outcome for outcome in self.outcomes if outcome.level == level and not outcome.ok)
