"""What a report says, read as a browser's parser does: its elements, its tables, and its embedded chains."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

MANIFEST: dict[str, Any] = {
    "version": 2,
    "created": "2026-11-23T06:00:14+00:00",
    "parent": None,
    "run_id": "run-a",
    "kind": "nightly",
    "settings": {"tiers": {"hard_max": 0.25, "medium_max": 0.65}, "generation": {"rounds": 4}},
    "prompts": ["prompts-1"],
    "teacher_models": ["teacher"],
    "student_models": ["student"],
    "gates": [],
    "waterfall": [],
    "tables": {},
    "curricula": {},
}


class Page(HTMLParser):
    """The elements of a page with their attributes, and the cells of its tables, row by row, by the id of their section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self.words: dict[str, str] = {}
        self.scripts: list[str] = []
        self._section, self._cell, self._open = "", False, ""
        self.feed(text)

    @classmethod
    def of(cls, folder: Path) -> "Page":
        return cls((folder / "report.html").read_text("utf-8"))

    @property
    def chains(self) -> list[dict[str, Any]]:
        return list(json.loads(self.scripts[0]))

    def row(self, section: str, first: str) -> list[str]:
        """The cells of the first row of a section that begins with a text."""
        return next(row for row in self.rows[section] if row[0] == first)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        if tag == "section":
            self._section = dict(attrs).get("id") or "title"
        elif tag == "tr":
            self.rows.setdefault(self._section, []).append([])
        elif tag in ("td", "th"):
            self.rows[self._section][-1].append("")
            self._cell = True
        elif tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            self.scripts[-1] += data
        elif self._cell:
            self.rows[self._section][-1][-1] += data.strip()
        self.words[self._section] = self.words.get(self._section, "") + data
