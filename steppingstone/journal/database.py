"""The index of one machine: an SQLite file that says where a key's lines stand; all of it is read from the segments."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from steppingstone.journal.lines import Place
from steppingstone.journal.spans import Span

LAYOUT = 1
BUSY_S = 60.0
"""Seconds to wait while another process writes to the index."""

_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE segments (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, known INTEGER NOT NULL);
CREATE TABLE lines (
    key TEXT NOT NULL, segment INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL, first INTEGER NOT NULL,
    PRIMARY KEY (key, segment, start)
) WITHOUT ROWID;
PRAGMA user_version = {LAYOUT};
COMMIT;
"""
_FIND = """
SELECT name, start, start + length FROM lines JOIN segments ON id = segment WHERE key = ? AND first < ? ORDER BY name, start
"""


class Damaged(sqlite3.DatabaseError):
    """The file is not such an index, or no longer."""


class Database:
    """One index file, shared by the processes and threads of a machine.

    Raises `Damaged`, or another `sqlite3.Error` if the file can't be used where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing, self._reading = threading.Lock(), threading.Lock()
        with _damage_told():
            # One to write and one to read, which is not held up by the other.
            self._writer, self._reader = _connected(path), _connected(path)
        self.inode = path.stat().st_ino

    def find(self, key: str, count: int) -> list[Span]:
        """Where the lines of a key stand that begin with one of the samples 0 to count - 1, in order."""
        with self._reading, _damage_told():
            return [Span(*row) for row in self._reader.execute(_FIND, (key, count))]

    def known(self) -> dict[str, int]:
        """By segment, the bytes from its start whose lines are in the index."""
        with self._reading, _damage_told():
            return dict(self._reader.execute("SELECT name, known FROM segments"))

    def add(self, segment: str, start: int, end: int, places: Iterable[Place]) -> None:
        """Adds all lines of a segment between two offsets. The bytes known grow if nothing unknown stands before them."""
        with self._transaction() as writer:
            writer.execute("INSERT OR IGNORE INTO segments (name, known) VALUES (?, 0)", (segment,))
            ((number,),) = writer.execute("SELECT id FROM segments WHERE name = ?", (segment,))
            rows = [(place.key, number, place.offset, place.length, place.first) for place in places]
            writer.executemany("INSERT OR IGNORE INTO lines VALUES (?, ?, ?, ?, ?)", rows)
            writer.execute("UPDATE segments SET known = ? WHERE id = ? AND known BETWEEN ? AND ?", (end, number, start, end))

    def forget(self, segments: Iterable[str]) -> None:
        """Takes segments and their lines out."""
        with self._transaction() as writer:
            writer.executemany("UPDATE segments SET known = -1 WHERE name = ?", [(name,) for name in segments])
            writer.execute("DELETE FROM lines WHERE segment IN (SELECT id FROM segments WHERE known = -1)")
            writer.execute("DELETE FROM segments WHERE known = -1")

    def close(self) -> None:
        """Closes the connections."""
        with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing, _damage_told():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.rollback()
                raise


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise Damaged(str(error)) from error
        raise


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    ((layout,),) = connection.execute("PRAGMA user_version")
    ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
    if layout != LAYOUT and (layout or tables):
        raise Damaged(f"{path} has layout {layout}")
    ((mode,),) = connection.execute("PRAGMA journal_mode = WAL")
    if mode != "wal":
        raise sqlite3.OperationalError(f"{path} can't have a write-ahead log")
    connection.execute("PRAGMA synchronous = NORMAL")
    if layout != LAYOUT:
        connection.executescript(_TABLES)
    return connection
