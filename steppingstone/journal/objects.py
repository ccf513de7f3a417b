"""Segments as objects of a store that knows no appending, such as S3: the open one is written anew, whole, at each put."""

import uuid
from contextlib import suppress
from typing import Any

from steppingstone.journal.lines import CONTENTS_FROM, contents
from steppingstone.journal.names import SUFFIX, segment_name
from steppingstone.journal.spans import Stored

FULL = 4 * 2**20
"""Bytes after which a segment is finished: what a put may cost, against how many objects there are."""


class ObjectSegments:
    """Segments under one prefix of a file system of fsspec's. An object is replaced at once or not at all.

    The clients beneath raise exceptions of their own, which share no base.
    """

    readers = 16

    def __init__(self, filesystem: Any, path: str) -> None:
        self.folder = None
        self._filesystem = filesystem
        self._root = path.rstrip("/")
        self.address = str(filesystem.unstrip_protocol(self._root))
        self._open: tuple[str, bytes] | None = None

    def sizes(self) -> dict[str, int]:
        """The bytes of each segment by name."""
        found = self._filesystem.find(self._root, detail=True)
        names = {path: path.rpartition("/") for path in found if path.endswith(SUFFIX)}
        return {name: int(found[path]["size"]) for path, (root, _, name) in names.items() if root == self._root}

    def read(self, name: str, start: int, end: int) -> bytes:
        """A part of a segment; what is not there is left out."""
        if (held := self._open) is not None and held[0] == name:
            return held[1][start:end]
        try:
            return bytes(self._filesystem.cat_file(f"{self._root}/{name}", start=start, end=end))
        except FileNotFoundError:
            return b""

    def append(self, lines: bytes) -> Stored:
        """Stores whole lines; returns where they stand once the store has them.

        After an error the next ones go to another segment: the store may have these, and others may have seen them.
        """
        name, before = self._open or (segment_name(), b"")
        data, self._open = before + lines, None
        full = len(data) >= FULL
        if full:
            data = _with_contents(data)
        self._write(name, data)
        self._open = None if full else (name, data)
        return Stored(name, len(before), len(before), len(data))

    def close(self) -> None:
        """Ends the segment that is open, if one is."""
        (name, data), self._open = self._open or ("", b""), None
        if len(data) >= CONTENTS_FROM:
            # All that was put is there already.
            with suppress(Exception):
                self._write(name, _with_contents(data))

    def probe(self) -> None:
        """Raises the client's error if nothing can be written."""
        path = f"{self._root}/.probe-{uuid.uuid4().hex}"
        self._filesystem.pipe_file(path, b"\n")
        self._filesystem.rm_file(path)

    def _write(self, name: str, data: bytes) -> None:
        self._filesystem.pipe_file(f"{self._root}/{name}", data)


def _with_contents(data: bytes) -> bytes:
    return data + contents(lambda start, end: data[start:end], len(data))
