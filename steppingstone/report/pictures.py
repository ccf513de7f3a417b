"""Two of the report's plots as pictures that stand alone: SVG with its styles, in light or dark as the viewer prefers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from steppingstone.difficulty import Thresholds
from steppingstone.report import plots
from steppingstone.report.page import plot_style, templates

TIERS = ("unsolved", "hard", "medium", "easy", "trivial", "ungraded")


def rates_picture(by_round: Iterable[Mapping[str, Any]], thresholds: Thresholds) -> str:
    """p by round, a panel an environment.

    Rows have `environment`, `round`, `problems`, and of p `mean`, `low` and `high`, which are the quartiles; they are in the
    order of environment and round.
    """
    panels = plots.panels(by_round)
    return _drawn("rates", panels=panels, plots=plots, hard_max=thresholds.hard_max, medium_max=thresholds.medium_max)


def tiers_picture(tiers: Sequence[Mapping[str, Any]]) -> str:
    """The shares of the tiers, a bar an environment. Rows have `environment`, `problems`, and the count of each tier."""
    return _drawn("tiers", tiers=tiers, names=TIERS)


def _drawn(name: str, **given: Any) -> str:
    return templates().get_template(f"{name}.svg.j2").render(style=plot_style(), **given)
