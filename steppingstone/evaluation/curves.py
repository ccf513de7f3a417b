"""The plot of an evaluation's metrics over training steps: a panel a metric, a line a model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from steppingstone.report import plots
from steppingstone.report.page import plot_style, templates

COLOURS = 6
MOST_TICKS = 5
CURVES = "curves.svg"
FIRST = ("all", "easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Line:
    """One model in a panel: its name, its colour's number, its points, its interval's outline, and what is said at each."""

    label: str
    colour: int
    points: str
    band: str
    marks: Sequence[plots.Mark]


@dataclass(frozen=True, slots=True)
class Panel:
    """The plot of one metric, such as `pass@10, livecodebench, hard`. `ticks` are steps with their x."""

    title: str
    lines: Sequence[Line]
    ticks: Sequence[tuple[int, float]]


def curves(metrics: Iterable[Mapping[str, Any]]) -> str:
    """All metrics that have a value as one picture: SVG with its styles, in light or dark as the viewer prefers."""
    told = sorted((row for row in metrics if row["value"] is not None), key=_order)
    steps = sorted({row["step"] for row in told})
    labels = sorted({row["label"] for row in told})
    panels = [_panel(list(rows), steps, labels) for _, rows in groupby(told, lambda row: _order(row)[:4])]
    legend = [(label, number % COLOURS) for number, label in enumerate(labels)]
    template = templates(Path(__file__).parent).get_template("curves.svg.j2")
    return template.render(style=plot_style(), panels=panels, legend=legend, plots=plots)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """By benchmark, the whole of it and the easier segments first, then by k; the points of a line stand together."""
    place = FIRST.index(row["segment"]) if row["segment"] in FIRST else len(FIRST)
    return row["benchmark"], place, row["segment"], row["k"], row["label"], row["step"]


def _panel(rows: Sequence[Mapping[str, Any]], steps: Sequence[int], labels: Sequence[str]) -> Panel:
    first, reach = steps[0], max(1, steps[-1] - steps[0])

    def x_of(step: int) -> float:
        return round(plots.LEFT + 10 + (plots.WIDTH - plots.LEFT - 30) * (step - first) / reach, 1)

    lines = [_line(label, labels.index(label), list(of_it), x_of) for label, of_it in groupby(rows, lambda row: row["label"])]
    every = -(-len(steps) // MOST_TICKS)
    segment = "" if rows[0]["segment"] == "all" else f", {rows[0]['segment']}"
    return Panel(
        f"{rows[0]['benchmark']}{segment}: pass@{rows[0]['k']}", lines, [(step, x_of(step)) for step in steps[::every]]
    )


def _line(label: str, number: int, rows: Sequence[Mapping[str, Any]], x_of: Any) -> Line:
    marks = [
        plots.Mark(x_of(row["step"]), plots.y_of(row["value"]), plots.y_of(row["low"]), plots.y_of(row["high"]), _told(row))
        for row in rows
    ]
    outline = [(mark.x, mark.high) for mark in marks] + [(mark.x, mark.low) for mark in reversed(marks)]
    return Line(label, number % COLOURS, _points((mark.x, mark.y) for mark in marks), _points(outline), marks)


def _told(row: Mapping[str, Any]) -> str:
    interval = f"{row['low']:.3f} to {row['high']:.3f}"
    return f"{row['label']}, step {row['step']}: {row['value']:.3f} ({interval}) over {row['problems']:,} problems"


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)
