"""Evaluation sets of our own making, written as the published ones are."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Rows = Sequence[Mapping[str, object]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Rows], str]:
    """Writes rows below the test's folder, in the format that the file's name says, and returns the path."""

    def written(name: str, rows: Rows) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".parquet"):
            pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
            return str(path)
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
        path.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
        return str(path)

    return written
