"""The report of a version: one HTML page that opens from disk, with its figures, plots and a browser of its chains."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steppingstone import drafts
from steppingstone.report.chains import chosen_chains
from steppingstone.report.facts import facts_of
from steppingstone.report.page import render

REPORT = "report.html"


def write_report(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Writes `report.html` into a version's folder, from its tables and its manifest.

    The page fetches nothing and is below some 15 MB however large the version is. What changed since the parent version is
    told if that stands beside the folder.
    """
    with drafts.connect(folder) as tables:
        page = render(manifest, facts_of(tables, folder, manifest), chosen_chains(tables))
    # Texts of a manifest may hold what UTF-8 cannot.
    (folder / REPORT).write_bytes(page.encode("utf-8", "replace"))
