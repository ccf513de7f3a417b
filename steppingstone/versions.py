"""Dataset versions: immutable published folders of tables, each with a manifest; `latest.json` names the newest."""

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from steppingstone import drafts
from steppingstone.errors import BadInput, StorageError, TableMismatch
from steppingstone.tables import TABLES

LATEST, MANIFEST = "latest.json", "manifest.json"


@dataclass(frozen=True, slots=True)
class Version:
    """One published version. `created` is UTC in ISO 8601; `parent` is the version that was the latest before it."""

    number: int
    folder: Path
    created: str
    parent: int | None
    run_id: str
    rows: Mapping[str, int]


def latest(data_root: drafts.Folder) -> Version | None:
    """The version published last, or None if there is none yet. Raises `BadInput` if it cannot be read."""
    pointer = Path(data_root) / LATEST
    try:
        named = json.loads(pointer.read_text("utf-8"))
        return _read(Path(data_root) / named["path"])
    except FileNotFoundError as error:
        if not pointer.exists():
            return None
        raise BadInput(f"{pointer} names a version that is not there: {error.filename}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{pointer} or the manifest that it names is no JSON of ours: {error!r}") from error


def manifest_of(version: Version) -> dict[str, Any]:
    """All that a version's manifest says: tables with schemas, rows, bytes and SHA-256, settings, prompts, models, gates."""
    return dict(json.loads((version.folder / MANIFEST).read_text("utf-8")))


def damaged(version: Version) -> list[str]:
    """The files of a version that are missing or are not what its manifest says."""
    tables = manifest_of(version)["tables"].values()
    return [told["file"] for told in tables if not _is_as_told(version.folder / told["file"], told)]


def publish(
    data_root: drafts.Folder,
    draft: drafts.Folder,
    run_id: str,
    settings: Mapping[str, object],
    gates: Sequence[Mapping[str, object]] = (),
) -> Version:
    """Publishes a draft as the next version, by one atomic step at the end. Settings and gates stand in the manifest as given.

    Killed at any moment, it leaves the last version the latest. A draft that is the latest version already is not
    published twice. Raises `BadInput` for what is no draft, `TableMismatch` for a table with another schema, and
    `StorageError` if the disk is full or cannot be written, or another process is publishing.
    """
    root = Path(data_root)
    _check_draft(Path(draft))
    try:
        with publishing(root):
            return _publish(root, Path(draft), {"run_id": run_id, "settings": dict(settings), "gates": list(gates)})
    except OSError as error:
        raise StorageError(f"nothing was published into {root}; the latest version is as it was: {error}") from error


@contextmanager
def publishing(root: Path, wait: bool = False) -> Iterator[None]:
    """Holds the one right to publish into a data root; the system takes it back from a killed process."""
    (root / "versions").mkdir(parents=True, exist_ok=True)
    with (root / "versions" / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise StorageError(f"another process is publishing into {root}; publish again when it is done") from error
        yield


def replace_text(path: Path, text: str) -> None:
    """Writes a small file so that readers, and a machine that loses power, see the old text or the new one, whole."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        aside.write_text(text, "utf-8")
        _sync(aside)
        aside.replace(path)
        _sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _check_draft(draft: Path) -> None:
    if not drafts.table_path(draft, "problems").exists():
        raise BadInput(f"{draft} is no draft: it holds no problems.parquet")
    for table, schema in TABLES.items():
        path = drafts.table_path(draft, table)
        if path.exists() and not pq.read_schema(path).equals(schema):
            raise TableMismatch(f"{path} has not the declared schema of {table}")


def _publish(root: Path, draft: Path, given: dict[str, object]) -> Version:
    before, versions = latest(root), root / "versions"
    for stale in versions.glob(".new-*"):
        shutil.rmtree(stale)
    aside = versions / f".new-{uuid.uuid4().hex}"
    try:
        tables = _fill(aside, draft)
        if before and before.run_id == given["run_id"] and manifest_of(before)["tables"] == tables:
            return before
        # A version that `latest` never came to name, because its publisher was killed, keeps its number.
        number = 1 + max((int(path.name[2:]) for path in versions.glob("v=[0-9]*") if path.name[2:].isdecimal()), default=0)
        folder = versions / f"v={number:05d}"
        manifest = {"version": number, "created": datetime.now(UTC).isoformat(timespec="seconds")}
        manifest |= {"parent": before.number if before else None, **given, **_origins(aside), "tables": tables}
        replace_text(aside / MANIFEST, json.dumps(manifest, indent=1, default=str))
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _sync(versions)
    replace_text(root / LATEST, json.dumps({"version": number, "path": f"versions/{folder.name}"}))
    return _read(folder)


def _fill(folder: Path, draft: Path) -> dict[str, object]:
    """Puts all tables of a draft into a new folder, for good, and says what each file is."""
    folder.mkdir()
    told: dict[str, object] = {}
    for table, schema in TABLES.items():
        source, target = drafts.table_path(draft, table), drafts.table_path(folder, table)
        if source.exists():
            _link(source, target)
        else:
            drafts.write_rows(folder, table, [])
        target.chmod(0o444)
        _sync(target)
        columns = {field.name: str(field.type) for field in schema}
        told[table] = {"rows": drafts.count_rows(folder, table), **_file_facts(target), "schema": columns}
    return told


def _link(source: Path, target: Path) -> None:
    """Puts a file into a version without a copy where the file system can: drafts replace files and never change them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _file_facts(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": digest}


def _is_as_told(path: Path, told: Mapping[str, object]) -> bool:
    return path.exists() and _file_facts(path).items() <= told.items()


def _origins(folder: Path) -> dict[str, object]:
    """The prompts and models that the problems came from, by the problems themselves."""
    names = {"prompts": "prompts_hash", "teacher_models": "teacher_model", "student_models": "student_model"}
    with drafts.connect(folder) as tables:
        return {
            key: [value for (value,) in tables.sql(f"SELECT DISTINCT {column} FROM problems ORDER BY 1").fetchall()]
            for key, column in names.items()
        }


def _read(folder: Path) -> Version:
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    rows = {table: facts["rows"] for table, facts in told["tables"].items()}
    return Version(told["version"], folder, told["created"], told["parent"], told["run_id"], rows)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
