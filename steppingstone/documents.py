"""The documents of a version: its report and its card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steppingstone.card import write_card
from steppingstone.report import write_report


def write_documents(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Writes `report.html` and `README.md` into a version's folder, from its tables and its manifest."""
    write_report(folder, manifest)
    write_card(folder, manifest)
