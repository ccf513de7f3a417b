"""Trying a folder that a run is to write into, without leaving anything behind."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def probe(root: Path) -> Iterator[Path]:
    """A new folder in a root, or in the nearest folder above it that is there; removed again. Raises `OSError`."""
    while not root.exists() and root != root.parent:
        root = root.parent
    folder = root / f".probe-{uuid.uuid4().hex}"
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
