"""The oracles, one a source: which rows there are, and how many the sandbox rules as it should."""

import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from steppingstone.sandbox import Sandbox
from tests.sandbox.oracles import data, judge
from tests.sandbox.oracles.misses import reason


@dataclass(frozen=True, slots=True)
class Check:
    """One row of a source, and how to rule it."""

    name: str
    rule: Callable[[Sandbox], judge.Ruling]


@dataclass(frozen=True, slots=True)
class Count:
    """What came of one source: how many rows were ruled right, and the others by name."""

    source: str
    right: int
    misses: dict[str, str]
    slowest: tuple[float, str]

    @property
    def rows(self) -> int:
        return self.right + len(self.misses)

    @property
    def unexplained(self) -> list[str]:
        return [f"{name}: {detail}" for name, detail in self.misses.items() if reason(name) is None]


def checks() -> dict[str, list[Check]]:
    """All rows of all sources."""
    found: dict[str, list[Check]] = {
        "cruxeval": [Check(row.name, partial(judge.rule_prediction, row)) for row in data.predictions()]
    }
    for problem in data.problems().values():
        found.setdefault(problem.source, []).append(Check(problem.name, partial(judge.rule_solution, problem)))
    found["rollouts"] = [Check(row.name, partial(judge.rule_rollout, row)) for row in data.rollouts()]
    return found


def sample(rows: Iterable[Check], one_in: int) -> list[Check]:
    """About one row in so many, the same ones each time."""
    return [row for row in rows if zlib.crc32(row.name.encode()) % one_in == 0]


def count(source: str, rows: list[Check], sandbox: Sandbox, at_once: int = 2) -> Count:
    """Rule the rows, so many at a time."""
    with ThreadPoolExecutor(at_once) as threads:
        rulings = dict(zip((row.name for row in rows), threads.map(lambda row: row.rule(sandbox), rows), strict=True))
    misses = {name: ruling.detail for name, ruling in rulings.items() if not ruling.passed}
    slowest = max(((ruling.seconds, name) for name, ruling in rulings.items()), default=(0.0, ""))
    return Count(source, len(rows) - len(misses), misses, slowest)
