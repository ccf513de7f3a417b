"""The index of a journal on this machine: in the first place where it can be, and made anew if it is damaged."""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from steppingstone.journal.catching_up import catch_up
from steppingstone.journal.database import Damaged, Database
from steppingstone.journal.lines import Place
from steppingstone.journal.names import host
from steppingstone.journal.segments import Segments
from steppingstone.journal.spans import Span, Stored

Answer = TypeVar("Answer")
OLD_S = 30 * 24 * 3600
"""Seconds after which the index of a machine that did not touch it is removed."""


class Index:
    """Where the lines of each key stand, up to what was in the segments at opening and what this machine adds.

    Raises the errors of the segments' storage and of SQLite.
    """

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._renewing = threading.Lock()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._database = self._first_usable(_places(segments))
        self._sound(self._catch_up)

    def find(self, key: str, count: int) -> list[Span]:
        """Where the lines of a key stand that begin with one of the samples 0 to count - 1, in order."""
        return self._sound(lambda database: database.find(key, count))

    def add(self, stored: Stored, places: list[Place]) -> None:
        """Adds the places of lines that this process stored."""
        self._sound(lambda database: database.add(stored.segment, stored.start, stored.end, places))

    def read_again(self, segments: Iterable[str]) -> None:
        """Takes in anew segments that are not as they were: repaired by hand, put back from a backup, or gone."""
        names = list(segments)
        self._sound(lambda database: database.forget(names))
        self._sound(self._catch_up)

    def close(self) -> None:
        """Closes the index."""
        self._database.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def _first_usable(self, paths: Iterable[Path]) -> Database:
        for path in paths:
            # A folder may be read-only, or its file system without locks or shared memory.
            with suppress(OSError, sqlite3.Error):
                return _opened(path)
        self._temporary = tempfile.TemporaryDirectory(prefix="steppingstone-")
        return _opened(Path(self._temporary.name) / "index.sqlite")

    def _sound(self, ask: Callable[[Database], Answer]) -> Answer:
        database = self._database
        try:
            return ask(database)
        except Damaged:
            with self._renewing:
                if self._database is database:
                    anew = _opened(database.path, damaged=database)
                    self._catch_up(anew)
                    self._database = anew
            return ask(self._database)

    def _catch_up(self, database: Database) -> None:
        catch_up(database, self._segments, _alone(database.path))


def _places(segments: Segments) -> Iterator[Path]:
    """Where the index may be, first the best: beside the segments, or in this user's cache."""
    if segments.folder is not None:
        yield segments.folder / f"index-{host()}.sqlite"
    with suppress(RuntimeError):
        cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
        if cache.is_absolute():
            digest = hashlib.sha256(segments.address.encode()).hexdigest()[:12]
            yield cache / "steppingstone" / f"index-{host()}-{digest}.sqlite"


def _opened(path: Path, damaged: Database | None = None) -> Database:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        if damaged is not None and path.exists() and path.stat().st_ino == damaged.inode:
            _remove(path)
        try:
            database = Database(path)
        except Damaged:
            _remove(path)
            database = Database(path)
        os.utime(path)
        _remove_old(path.parent)
        return database


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keeps other processes of this machine, and other threads, from opening or catching up."""
    with path.with_suffix(".lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _remove_old(folder: Path) -> None:
    for path in folder.glob("index-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > OLD_S:
                path.unlink()
