"""Documents in a file of JSON Lines, plain or packed, read line by line."""

import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

import pyarrow as pa

from steppingstone.errors import BadInput
from steppingstone.seeds.files import FoundFile, readable
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.shelves import Row

LONGEST_LINE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class JsonlShelf:
    """One file of JSON Lines, plain, gzip or Zstandard. Blank lines do not count as rows."""

    file: FoundFile

    @property
    def name(self) -> str:
        return self.file.shown

    def size(self) -> int:
        return sum(1 for _ in self._lines())

    def first(self) -> Mapping[str, object]:
        for line_number, line in self._lines():
            row = _parsed(line)
            if isinstance(row, PassedOver):
                start = line[:40].decode("utf-8", "replace").strip()
                raise BadInput(f"line {line_number} of {self.name} is no JSON object: {start!r}. Give one object a line")
            return row
        raise BadInput(f"{self.name} is empty: give a file with documents")

    def rows(self, numbers: Sequence[int], columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
        wanted = iter(numbers)
        next_number = next(wanted, None)
        for number, (_, line) in enumerate(self._lines()):
            if next_number is None:
                return
            if number == next_number:
                row = _parsed(line)
                yield number, row if isinstance(row, PassedOver) else {column: row.get(column) for column in columns}
                next_number = next(wanted, None)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        with readable(self.name), self.file.open() as handle, _unpacked(handle, self.file.path) as stream:
            number = 0
            while line := stream.readline(LONGEST_LINE_BYTES):
                number += 1
                if len(line) == LONGEST_LINE_BYTES:
                    raise BadInput(f"line {number} of {self.name} has over 64 MiB: is this JSON Lines, one object a line?")
                if line.strip():
                    yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _unpacked(handle: BinaryIO, path: str) -> BinaryIO:
    if path.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=handle))
    if path.lower().endswith(".zst"):
        return cast(BinaryIO, io.BufferedReader(pa.CompressedInputStream(handle, "zstd")))
    return handle


def _parsed(line: bytes) -> Mapping[str, object] | PassedOver:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return PassedOver.BROKEN_RECORD
    return value if isinstance(value, dict) else PassedOver.BROKEN_RECORD
