"""What a version's folder holds: a Parquet file a table and a curriculum, and documents; and what a manifest says of each."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from steppingstone import drafts
from steppingstone.errors import BadInput, TableMismatch
from steppingstone.tables import TABLES

LATEST, VERSIONS, MANIFEST, CURRICULA = "latest.json", "versions", "manifest.json", "curricula"

Documents = Callable[[Path, Mapping[str, Any]], None]
"""Writes files into a version's folder, from the tables that it holds and its manifest."""


def place(number: int) -> str:
    """Where a version stands below its data root."""
    return f"{VERSIONS}/v={number:05d}"


def number_of(name: str) -> int | None:
    """The number of a version by its folder's name; None if that is another kind of folder."""
    return int(name[2:]) if name.startswith("v=") and name[2:].isdecimal() else None


def pointer(number: int) -> str:
    """What `latest.json` says if a version is the latest."""
    return json.dumps({"version": number, "path": place(number)})


def check(dataset: Path) -> None:
    """Raises `BadInput` for a folder without problems, and `TableMismatch` for a table that has not the declared schema."""
    if not drafts.table_path(dataset, "problems").exists():
        raise BadInput(f"{dataset} is no draft: it holds no problems.parquet")
    for table, schema in TABLES.items():
        path = drafts.table_path(dataset, table)
        if path.exists() and not pq.read_schema(path).equals(schema):
            raise TableMismatch(f"{path} has not the declared schema of {table}")


def fill(folder: Path, dataset: Path) -> dict[str, dict[str, Any]]:
    """Puts all tables and curricula into a new folder, for good; what each file is, by part and name."""
    folder.mkdir()
    for table in TABLES:
        source = drafts.table_path(dataset, table)
        if source.exists():
            put(source, folder / source.name)
        else:
            drafts.write_rows(folder, table, [])
    for source in sorted((dataset / CURRICULA).glob("*.parquet")):
        (folder / CURRICULA).mkdir(exist_ok=True)
        put(source, folder / CURRICULA / source.name)
    tables = {table: _table_facts(folder, drafts.table_path(folder, table)) for table in TABLES}
    files = sorted((folder / CURRICULA).glob("*.parquet"))
    return {"tables": tables, "curricula": {file.stem: _table_facts(folder, file) for file in files}}


def document(folder: Path, manifest: Mapping[str, Any], write: Documents | None) -> dict[str, dict[str, Any]]:
    """Has documents written into a folder; what each file is, by its name."""
    before = set(folder.iterdir())
    if write is not None:
        write(folder, manifest)
    return {path.name: _seal(folder, path) for path in sorted(set(folder.iterdir()) - before)}


def is_as_told(folder: Path, facts: Mapping[str, Any]) -> bool:
    """Whether a file is what a manifest says."""
    path = folder / facts["file"]
    return path.exists() and _facts(folder, path).items() <= facts.items()


def told_in(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a manifest says of each of a version's files."""
    return [facts for part in ("tables", "curricula", "documents") for facts in manifest[part].values()]


def discard(folder: Path) -> None:
    """Removes a version's folder, if it is there. One that is half removed must not look like a version."""
    if folder.exists():
        aside = folder.with_name(f".old-{uuid.uuid4().hex}")
        folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def replace_text(path: Path, text: str) -> None:
    """Writes a small file so that readers, and a machine that loses power, see the old text or the new one, whole."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        aside.write_text(text, "utf-8")
        sync(aside)
        aside.replace(path)
        sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Has the system write a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put(source: Path, target: Path) -> None:
    """Puts a file into a version without a copy where the file system can: drafts replace files and never change them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _table_facts(folder: Path, path: Path) -> dict[str, Any]:
    footer = pq.read_metadata(path)
    schema: pa.Schema = footer.schema.to_arrow_schema()
    return {"rows": footer.num_rows, **_seal(folder, path), "schema": {field.name: str(field.type) for field in schema}}


def _seal(folder: Path, path: Path) -> dict[str, Any]:
    """Writes a file to the disk for good, to be changed no more, and says what it is."""
    path.chmod(0o444)
    sync(path)
    return _facts(folder, path)


def _facts(folder: Path, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": str(path.relative_to(folder)), "bytes": path.stat().st_size, "sha256": digest}
