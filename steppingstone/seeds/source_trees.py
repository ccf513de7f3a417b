"""Documents that are the `*.py` files of a directory, mapped to a corpus's columns."""

import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from steppingstone.seeds.files import FoundFile
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.shelves import Row


@dataclass(frozen=True, slots=True)
class TreeShelf:
    """Python files, mapped to three columns: repository (the given directory's name), path below it, and content."""

    files: tuple[FoundFile, ...]
    repo_column: str
    path_column: str
    text_column: str

    @property
    def name(self) -> str:
        return self.files[0].root

    def size(self) -> int:
        return len(self.files)

    def first(self) -> Mapping[str, object]:
        return {self.repo_column: "", self.path_column: "", self.text_column: ""}

    def rows(self, numbers: Sequence[int], columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
        for number in numbers:
            row = self._row(self.files[number])
            yield number, row if isinstance(row, PassedOver) else {column: row.get(column) for column in columns}

    def _row(self, file: FoundFile) -> Row:
        try:
            with file.open() as handle:
                data = handle.read()
        except OSError:
            # One broken link or locked file is no reason to refuse a tree of thousands.
            return PassedOver.UNREADABLE
        repo = re.split(r"[/\\]", file.root.rstrip("/\\"))[-1]
        return {self.repo_column: repo, self.path_column: file.inner_path, self.text_column: _decoded(data)}


def _decoded(data: bytes) -> str | bytes:
    """Python source as text by its coding line; the bytes themselves if that does not work."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, ValueError, LookupError):
        return data
