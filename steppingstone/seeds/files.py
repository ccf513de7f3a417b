"""From the paths that a user gives to the files behind them, on local disks or through fsspec."""

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, cast

import pyarrow as pa
from fsspec.core import url_to_fs

from steppingstone.errors import BadInput


class FileKind(StrEnum):
    """What a file holds, by its name."""

    PARQUET = "parquet"
    JSONL = "jsonl"
    PYTHON = "python"


SUFFIXES = {
    FileKind.PARQUET: (".parquet", ".pq"),
    FileKind.JSONL: tuple(f"{name}{packed}" for name in (".jsonl", ".ndjson", ".json") for packed in ("", ".gz", ".zst")),
    FileKind.PYTHON: (".py",),
}
READABLE = "Parquet (.parquet), JSON Lines (.jsonl, .jsonl.gz, .jsonl.zst), *.py, or a directory of one of these"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file, its size in bytes, and the directory under which it was found (its own, if it was named itself)."""

    filesystem: Any
    path: str
    root: str
    size: int
    kind: FileKind

    @property
    def inner_path(self) -> str:
        """The path below the root, with forward slashes."""
        return self.path[len(self.root) :].lstrip("/\\").replace("\\", "/")

    @property
    def shown(self) -> str:
        """The path as the user would write it."""
        local = "file" in self.filesystem.protocol
        return self.path if local else str(self.filesystem.unstrip_protocol(self.path))

    def open(self) -> BinaryIO:
        return cast(BinaryIO, self.filesystem.open(self.path, "rb"))


def kind_of(path: str) -> FileKind | None:
    """The kind that a file name stands for; None if it is none that we read."""
    return next((kind for kind, suffixes in SUFFIXES.items() if path.lower().endswith(suffixes)), None)


@contextmanager
def readable(path: str) -> Iterator[None]:
    """Turn whatever goes wrong while `path` is read into one line for the user."""
    try:
        yield
    except BadInput:
        raise
    except Exception as error:
        # Remote file systems raise their HTTP clients' own exceptions, which share no base.
        if not isinstance(error, (OSError, EOFError, zlib.error, pa.ArrowException)) and "://" not in path:
            raise
        said = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise BadInput(f"cannot read {path}: {said}. Is it whole, of the type its name says, and yours to read?") from error


def find_files(
    pattern: str, excluded: frozenset[str] = frozenset(), kinds: frozenset[FileKind] | None = None
) -> list[FoundFile]:
    """The files behind one path, glob or URL, sorted by path. Names that start with a dot are left out.

    A directory gives all its files of these `kinds`; if none are named, those of the kind that most of its bytes are.
    """
    filesystem, path = _filesystem(pattern)
    with readable(pattern):
        has_magic = any(mark in path for mark in "*?[") and not filesystem.exists(path)
        found = [
            file for one in (sorted(filesystem.glob(path)) if has_magic else [path])
            for file in _behind(filesystem, one, excluded, kinds)
        ]  # fmt: skip
    if not found:
        raise BadInput(f"no readable file behind {pattern!r}: check the path; it may be {READABLE}")
    return found


def _filesystem(pattern: str) -> tuple[Any, str]:
    try:
        filesystem, path = url_to_fs(os.path.expanduser(pattern) if "://" not in pattern else pattern)
    except ImportError as error:
        package = "huggingface_hub" if pattern.startswith("hf://") else "the client that this error names"
        raise BadInput(f"cannot open {pattern!r}: {error}. Install {package} beside steppingstone") from error
    except ValueError as error:
        raise BadInput(f"cannot open {pattern!r}: {error}. Give a local path, hf://, s3:// or another fsspec URL") from error
    return filesystem, str(path)


def _behind(filesystem: Any, path: str, excluded: frozenset[str], kinds: frozenset[FileKind] | None) -> list[FoundFile]:
    if filesystem.isdir(path):
        files = list(_below(filesystem, path, excluded))
        return _main_kind(files) if kinds is None else sorted((f for f in files if f.kind in kinds), key=lambda f: f.path)
    if not filesystem.exists(path):
        return []
    if (kind := kind_of(path)) is None or (kinds and kind not in kinds):
        raise BadInput(f"cannot read the file type of {path}: give {READABLE}")
    return [FoundFile(filesystem, path, path.rpartition("/")[0], int(filesystem.size(path) or 0), kind)]


def _below(filesystem: Any, root: str, excluded: frozenset[str]) -> Iterator[FoundFile]:
    for folder, folders, files in filesystem.walk(root, detail=True, on_error="raise"):
        for name in [name for name in folders if _left_out(name, excluded)]:
            del folders[name]
        for name, info in files.items():
            if not _left_out(name, frozenset()) and (kind := kind_of(name)) is not None:
                yield FoundFile(filesystem, f"{str(folder).rstrip('/')}/{name}", root, int(info.get("size") or 0), kind)


def _left_out(name: str, excluded: frozenset[str]) -> bool:
    return name.startswith(".") or name == "__pycache__" or name in excluded


def _main_kind(files: list[FoundFile]) -> list[FoundFile]:
    """The files of the kind that holds most bytes: a corpus may bring scripts, a source tree test data."""
    weight = {kind: sum(file.size + 1 for file in files if file.kind is kind) for kind in FileKind}
    main = max(FileKind, key=lambda kind: weight[kind])
    return sorted((file for file in files if file.kind is main), key=lambda file: file.path)
