"""A disk that is full: how errors say so, and what to do about it."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from steppingstone.errors import StorageError

REMEDY = "make room there and give the same command again: what the models said is kept"
FULL_MB = 16
"""Room below which a disk counts as full: what failed has perhaps been removed again."""
_CODES = (errno.ENOSPC, errno.EDQUOT)
_WORDS = ("No space left on device", "disk is full", "Disk quota exceeded")


def says_full(error: BaseException) -> bool:
    """Whether an error says that a disk is full; SQLite, DuckDB and Arrow have errors of their own for it."""
    return getattr(error, "errno", None) in _CODES or any(words in str(error) for words in _WORDS)


def told(error: BaseException) -> str:
    """What an error of a disk says in one line, with what to do if the disk is full."""
    strerror = error.strerror if isinstance(error, OSError) else None
    said = strerror or " ".join(str(error).split())[:300] or type(error).__name__
    return f"{said}; {REMEDY}" if says_full(error) and REMEDY not in said else said


@contextmanager
def room_for(what: str | os.PathLike[str]) -> Iterator[None]:
    """Raises `StorageError`, which names what was to be written, for any error in the block that says that a disk is full."""
    try:
        yield
    except Exception as error:
        if isinstance(error, StorageError) or not says_full(error):
            raise
        raise StorageError(f"{os.fspath(what)} can't be written: {told(error)}") from error


def full_among(folders: Iterable[str | os.PathLike[str]]) -> Path | None:
    """The first of these folders that is on a disk with less than `FULL_MB` left, if one is."""
    for folder in map(Path, folders):
        with suppress(OSError):
            if shutil.disk_usage(folder).free < FULL_MB * 2**20:
                return folder
    return None
