"""Segments as files of a folder, each written by one process at a time."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from steppingstone.journal.lines import contents
from steppingstone.journal.names import SUFFIX, host, segment_name
from steppingstone.journal.spans import Stored
from steppingstone.probing import probe

FULL = 64 * 2**20
"""Bytes after which a segment is finished."""
PROBE = 64 * 2**10
"""Bytes that have room where some lines more have it."""


class LocalSegments:
    """Segments in a folder. One that a process of this host left before it was full is gone on with.

    A lock on the file says that it has a writer; the system drops it when that process ends, however it ends.
    """

    readers = 1

    def __init__(self, folder: Path) -> None:
        self.address = str(folder.absolute())
        self.folder = folder
        self._file: int | None = None
        self._name = ""
        self._size = 0
        self._start = b""

    def sizes(self) -> dict[str, int]:
        """The bytes of each segment by name."""
        if not self.folder.exists():
            return {}
        with os.scandir(self.folder) as entries:
            return {entry.name: entry.stat().st_size for entry in entries if entry.name.endswith(SUFFIX)}

    def read(self, name: str, start: int, end: int) -> bytes:
        """A part of a segment; what is not there is left out."""
        try:
            file = os.open(self.folder / name, os.O_RDONLY)
        except FileNotFoundError:
            return b""
        try:
            return os.pread(file, end - start, start)
        finally:
            os.close(file)

    def append(self, lines: bytes) -> Stored:
        """Stores whole lines; returns where they stand once they are on the disk.

        After an error the next ones begin on a line of their own.
        """
        file = self._begin() if self._file is None else self._file
        try:
            _write(file, self._start + lines)
        except OSError:
            self.close()
            raise
        name, start, at = self._name, self._size, self._size + len(self._start)
        self._size, self._start = at + len(lines), b""
        if self._size >= FULL:
            table = contents(lambda start, end: self.read(name, start, end), self._size)
            with suppress(OSError):
                _write(file, table)
                self._size += len(table)
            self.close()
        return Stored(name, start, at, self._size)

    def close(self) -> None:
        """Gives up the segment that is open, if one is."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def probe(self) -> None:
        """Raises `OSError` if nothing can be written."""
        with probe(self.folder) as folder:
            (folder / "line").write_bytes(b"\n" * PROBE)

    def _begin(self) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, size in sorted(self.sizes().items()):
            if size < FULL and f"-{host()}-" in name and (file := self._hold(name, new=False)) is not None:
                return file
        while (file := self._hold(segment_name(), new=True)) is None:
            pass
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file

    def _hold(self, name: str, new: bool) -> int | None:
        """Opens a segment to write to it; None if another holds it, or may hold it: some file systems have no locks."""
        file = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if not new or isinstance(error, BlockingIOError):
                os.close(file)
                return None
        self._name, self._size, self._file = name, os.fstat(file).st_size, file
        # What stands there may end in a torn line.
        self._start = b"\n" if self._size else b""
        return file


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
    os.fdatasync(file)
