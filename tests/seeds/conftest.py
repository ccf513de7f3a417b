"""Makers of small corpora, logs and problem sets."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Rows = Sequence[dict[str, Any]]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def code_document(number: int) -> str:
    """A document of 60 lines: functions that loop, branch and compute, different for each number."""
    return "\n\n".join(
        f"def step_{number}_{part}(values, limit):\n"
        f"    total = {number}\n"
        "    for value in values:\n"
        f"        if value > limit + {part}:\n"
        "            total += value * limit\n"
        "        else:\n"
        "            total -= value\n"
        f"    return total % {number + part + 2}"
        for part in range(6)
    )


@pytest.fixture
def document() -> Callable[[int], str]:
    return code_document


@pytest.fixture
def corpus_rows() -> Callable[[int], list[dict[str, Any]]]:
    """Rows in starcoderdata's schema, as many as asked for, all of them usable."""
    return lambda count: [
        {
            "max_stars_repo_path": f"src/{number}.py",
            "max_stars_repo_name": "someone/something",
            "max_stars_count": None,
            "id": str(number),
            "content": code_document(number),
        }
        for number in range(count)
    ]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Rows], str]:
    """Write rows below the test's folder as the file name says, and return the path."""

    def written(name: str, rows: Rows) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
        if name.endswith(".parquet"):
            pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=7)
        elif name.endswith(".zst"):
            path.write_bytes(pa.compress(lines, codec="zstd", asbytes=True))
        else:
            path.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
        return str(path)

    return written


@pytest.fixture
def shared_data() -> Path:
    """The data files that lie beside the repository on a development machine."""
    if not SHARED.is_dir():
        pytest.skip(f"no data beside the repository ({SHARED})")
    return SHARED
