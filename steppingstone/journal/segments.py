"""Where the segments of a journal are: in a folder, or under an address that fsspec opens."""

import os
from pathlib import Path
from typing import Protocol

from fsspec.core import url_to_fs

from steppingstone.errors import BadInput
from steppingstone.journal.local import LocalSegments
from steppingstone.journal.objects import ObjectSegments
from steppingstone.journal.spans import Stored


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
    if "://" not in address:
        return LocalSegments(Path(address))
    try:
        filesystem, path = url_to_fs(address, use_listings_cache=False)
    except ImportError as error:
        remedy = "pip install steppingstone[s3]" if address.startswith(("s3:", "s3a:")) else "install it beside steppingstone"
        raise BadInput(f"journal {address!r} needs a client that is missing: {error}; {remedy}") from error
    except ValueError as error:
        raise BadInput(
            f"journal {address!r} can't be opened: {error}; give a folder, s3:// or another fsspec address"
        ) from error
    if "file" in filesystem.protocol:
        return LocalSegments(Path(path))
    return ObjectSegments(filesystem, path)
