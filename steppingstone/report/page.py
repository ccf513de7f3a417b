"""The page of a report: the template, its filters, and a policy that lets nothing run or load but what the page brings."""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steppingstone.report import plots
from steppingstone.report.chains import ATTEMPTS_OF_A_KIND, Chains
from steppingstone.report.facts import STAGES

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


def render(manifest: Mapping[str, Any], facts: Mapping[str, Any], chains: Chains) -> str:
    """The whole page as HTML. Every text of the tables and the manifest is escaped or stands in inert JSON."""
    script, style = (FOLDER / "page.js").read_text("utf-8"), plot_style() + (FOLDER / "page.css").read_text("utf-8")
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            manifest=manifest,
            facts=facts,
            panels=plots.panels(facts["by_round"]),
            plots=plots,
            stages=STAGES,
            chains=chains,
            each_kind=ATTEMPTS_OF_A_KIND,
            script=script,
            style=style,
            policy=policy(script, style),
        )
    )


def templates(folder: Path = FOLDER) -> "Environment":
    """The templates of a folder, this one's if none is named. Every text that they are given is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters |= {"number": number, "short": short, "dollars": dollars, "rate": rate, "percent": percent, "pretty": pretty}
    return found


def plot_style() -> str:
    """The colours, light and dark, and how the marks of plots are drawn."""
    return (FOLDER / "plots.css").read_text("utf-8")


def policy(script: str, style: str) -> str:
    """A content security policy: this script and these styles, by their hashes, and nothing from anywhere."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    allowed = f"script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def number(value: float | None) -> str:
    """1,234; a dash for nothing."""
    return "–" if value is None else f"{value:,.0f}"


def short(value: float | None) -> str:
    """A large count in three digits: 1.23M."""
    if value is None:
        return "–"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g}{unit}" if value < 999.5 * size else f"{value / size:,.0f}{unit}"
    return f"{value:,.0f}"


def dollars(value: float | None, like: float | None = None) -> str:
    """$1,234.56; four or six decimals where `like`, or else the value, is below one dollar."""
    if value is None:
        return "–"
    measure = like or value
    decimals = 2 if measure >= 1 or measure == 0 else 4 if measure >= 0.01 else 6
    return f"${value:,.{decimals}f}"


def rate(value: float | None) -> str:
    """A pass rate with three digits."""
    return "–" if value is None else f"{value:.3f}"


def percent(part: float | None, whole: float | None) -> str:
    """12.3%; a dash of nothing."""
    return f"{100 * part / whole:.1f}%" if part is not None and whole else "–"


def pretty(value: object) -> str:
    """JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
