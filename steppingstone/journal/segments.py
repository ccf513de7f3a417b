"""Where the segments of a journal are: in a folder, or under an address that fsspec opens."""

import os
from pathlib import Path
from typing import Protocol

from steppingstone.journal.local import LocalSegments
from steppingstone.journal.objects import ObjectSegments
from steppingstone.journal.spans import Stored
from steppingstone.storage import filesystem, is_address


class Segments(Protocol):
    """The segments of one journal, and the one that this writer appends to. Errors are those of the storage beneath."""

    address: str
    readers: int
    """Reads that are worth doing at once; 1 where a thread costs more than the read."""

    @property
    def folder(self) -> Path | None:
        """Where other files can stand beside the segments; None if that is no local folder."""

    def sizes(self) -> dict[str, int]:
        """The bytes of each segment by name."""

    def read(self, name: str, start: int, end: int) -> bytes:
        """A part of a segment; what is not there is left out."""

    def append(self, lines: bytes) -> Stored:
        """Stores whole lines; returns where they stand once nothing can lose them."""

    def close(self) -> None:
        """Gives up the segment that is open, if one is."""

    def probe(self) -> None:
        """Raises the storage's error if nothing can be written."""


def segments_at(root: str | os.PathLike[str]) -> Segments:
    """The segments of the journal at a folder or an fsspec address. Raises `BadInput` if that can't be an address."""
    address = os.fspath(root)
    if not is_address(address):
        return LocalSegments(Path(address))
    client, path = filesystem(address, "journal")
    if "file" in client.protocol:
        return LocalSegments(Path(path))
    return ObjectSegments(client, path)
