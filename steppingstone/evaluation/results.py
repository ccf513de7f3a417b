"""Where evaluations are kept: below a data root, one file of each table for a model, a training step and a benchmark.

What is evaluated again takes the place of its own file and of no other, so that runs need not know of each other; all files
of a table are one table.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steppingstone import drafts
from steppingstone.evaluation.estimates import metrics
from steppingstone.mirror import working_folder
from steppingstone.records import content_id
from steppingstone.storage import Folder, Store, is_address
from steppingstone.tables import ALL_TABLES

FOLDER = "evaluations"
TABLES = ("evaluated", "metrics")


def write_results(draft: Folder, data_root: str, ks: Sequence[int]) -> list[Path]:
    """Puts a draft's evaluated problems, with their metrics, in their places; returns the files.

    Each file is replaced as a whole, the metrics of a benchmark after its problems.
    """
    created, root = datetime.now(UTC).isoformat(timespec="seconds"), working_folder(data_root) / FOLDER
    by_benchmark: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    for row in drafts.iterate(draft, "evaluated", ALL_TABLES["evaluated"].names):
        by_benchmark.setdefault((row["label"], row["step"], row["benchmark"]), []).append(row)
    written = []
    for (label, step, benchmark), rows in by_benchmark.items():
        told = {"label": label, "step": step, "benchmark": benchmark, "run_id": rows[0]["run_id"], "created": created}
        name = _name(label, step, benchmark)
        rows.sort(key=lambda row: str(row["name"]))
        written += [
            _write(root, "evaluated", name, rows),
            _write(root, "metrics", name, [{**told, **each} for each in metrics(rows, ks)]),
        ]
    if is_address(data_root):
        Store(data_root).upload(root, FOLDER, [path.relative_to(root).as_posix() for path in written])
    return written


def fetched(data_root: Folder) -> Path:
    """The folder of this machine with all evaluations of a data root; it need not be there."""
    folder = working_folder(data_root) / FOLDER
    if is_address(data_root):
        for table in TABLES:
            (folder / table).mkdir(parents=True, exist_ok=True)
        Store(data_root).download_all(FOLDER, folder)
    return folder


def reads(folder: Path, place: str) -> dict[str, str]:
    """The query of each table over a folder of evaluations, which the SQL expression `place` names; of no rows without one."""
    return {table: _read(folder, place, table) for table in TABLES}


def _read(folder: Path, place: str, table: str) -> str:
    if not any((folder / table).glob("*.parquet")):
        columns = ", ".join(f"NULL::{_sql_type(field.type)} AS {field.name}" for field in ALL_TABLES[table])
        return f"SELECT {columns} WHERE false"
    return f"SELECT * FROM read_parquet({place} || '/{table}/*.parquet', union_by_name = true, hive_partitioning = false)"


def _sql_type(kind: Any) -> str:
    return {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE"}.get(str(kind), "VARCHAR[]")


def _name(label: str, step: int, benchmark: str) -> str:
    """A file's name, by which people find it, and which no other label has."""
    plain = re.sub(r"[^\w.-]+", "-", label)[:80]
    return f"{benchmark}-{step:08}-{plain}-{content_id(label)[:8]}.parquet"


def _write(root: Path, table: str, name: str, rows: Sequence[drafts.Row]) -> Path:
    path = root / table / name
    drafts.write_file(path, ALL_TABLES[table], drafts.to_batches(table, rows))
    return path
