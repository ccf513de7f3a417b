"""The geometry of the plots of pass rates by round: one panel an environment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

WIDTH, HEIGHT = 264, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 60, 10, 42
MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """One round: its place in pixels, the quartiles' too, and what is said of it where the pointer rests."""

    x: float
    y: float
    low: float
    high: float
    told: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The plot of one environment. `line` and `band` are SVG points; `ticks` are rounds with their x."""

    environment: str
    problems: int
    marks: Sequence[Mark]
    line: str
    band: str
    ticks: Sequence[tuple[int, float]]


def panels(by_round: Iterable[Mapping[str, Any]]) -> list[Panel]:
    """One panel an environment, all over the same rounds. Rows are in the order of environment and round."""
    found = list(by_round)
    if not found:
        return []
    first, last = min(row["round"] for row in found), max(row["round"] for row in found)
    grouped = groupby(found, lambda row: row["environment"])
    return [_panel(str(environment), list(of_it), first, last) for environment, of_it in grouped]


def y_of(p: float) -> float:
    """Where a pass rate stands, in pixels from the top."""
    return round(TOP + (1 - p) * (HEIGHT - TOP - BOTTOM), 1)


def bands(hard_max: float, medium_max: float) -> list[tuple[str, float]]:
    """The names of the tiers that are high enough to be written beside a panel, with the middle of each."""
    edges = (("hard", 0.0, hard_max), ("medium", hard_max, medium_max), ("easy", medium_max, 1.0))
    return [(name, y_of((low + high) / 2)) for name, low, high in edges if y_of(low) - y_of(high) >= 14]


def _panel(environment: str, found: Sequence[Mapping[str, Any]], first: int, last: int) -> Panel:
    def x_of(number: int) -> float:
        reach = WIDTH - LEFT - RIGHT - 20
        return round(LEFT + 10 + (reach * (number - first) / (last - first) if last > first else reach / 2), 1)

    marks = [
        Mark(x_of(row["round"]), y_of(row["mean"]), y_of(row["low"]), y_of(row["high"]), _told(environment, row))
        for row in found
    ]
    step = -(-(last - first + 1) // MOST_TICKS)
    upper, lower = [(mark.x, mark.high) for mark in marks], [(mark.x, mark.low) for mark in reversed(marks)]
    return Panel(
        environment,
        sum(row["problems"] for row in found),
        marks,
        _points((mark.x, mark.y) for mark in marks),
        _points([*upper, *lower]),
        [(number, x_of(number)) for number in range(first, last + 1, step)],
    )


def _told(environment: str, row: Mapping[str, Any]) -> str:
    quartiles = f"{row['low']:.3f} to {row['high']:.3f}"
    return (
        f"{environment}, round {row['round']}: mean p {row['mean']:.3f}, half of {row['problems']:,} problems from {quartiles}"
    )


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)
