"""Dataset versions: immutable published folders of tables, each with a manifest; `latest.json` names the newest."""

import fcntl
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steppingstone import contents, drafts
from steppingstone.contents import Documents
from steppingstone.disks import told as told_of
from steppingstone.errors import BadInput, StorageError

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


def numbered(data_root: drafts.Folder, number: int) -> Version:
    """The version of a number. Raises `BadInput` if it is not there, or not any more."""
    root = Path(data_root)
    if number not in (there := sorted(_numbers(root))):
        raise BadInput(f"{root} holds no version {number}; it holds {', '.join(map(str, there)) or 'none'}")
    return _read(_folder(root, number))


def published(data_root: drafts.Folder) -> Version:
    """The version published last. Raises `BadInput` if there is none yet."""
    if version := latest(data_root):
        return version
    raise BadInput(f"nothing is published in {Path(data_root).absolute()} yet; run the nightly flow, or name another data root")


def environments_of(version: Version) -> list[str]:
    """The environments of a version's problems, in alphabetical order."""
    with drafts.connect(version.folder) as tables:
        return [name for (name,) in tables.sql("SELECT DISTINCT environment FROM problems ORDER BY 1").fetchall()]


def manifest_of(version: Version) -> dict[str, Any]:
    """All that a version's manifest says: tables and curricula with schemas, rows, bytes and SHA-256, documents, settings,
    prompts, models, gates and the yield waterfall.
    """
    return dict(json.loads((version.folder / MANIFEST).read_text("utf-8")))


def damaged(version: Version) -> list[str]:
    """The files of a version that are missing or are not what its manifest says."""
    manifest = manifest_of(version)
    told = [facts for part in ("tables", "curricula", "documents") for facts in manifest[part].values()]
    return [facts["file"] for facts in told if not contents.is_as_told(version.folder, facts)]


def publish(
    data_root: drafts.Folder,
    dataset: drafts.Folder,
    run_id: str,
    settings: Mapping[str, object],
    gates: Sequence[Mapping[str, object]] = (),
    *,
    kind: str = "nightly",
    waterfall: Sequence[Mapping[str, object]] = (),
    after: int | None = None,
    documents: Documents | None = None,
) -> Version:
    """Publishes a folder of tables and curricula as the next version, by one atomic step at the end.

    Settings, gates, the `kind` of flow and the waterfall stand in the manifest as given. `documents` writes further files into
    the new version, from its tables and its manifest. `after` is the number of the version that the folder's rows were added
    to, 0 for none.

    Killed at any moment, it leaves the last version the latest. A folder that is the latest version already is not
    published twice. Raises `BadInput` for a folder without problems, `TableMismatch` for a table with another schema, and
    `StorageError` if the disk is full or cannot be written, another process is publishing, or another version than `after` is
    the latest by now, whose rows the new version would lack.
    """
    root = Path(data_root)
    contents.check(Path(dataset))
    told = {"run_id": run_id, "kind": kind, "settings": dict(settings), "gates": list(gates), "waterfall": list(waterfall)}
    try:
        with publishing(root):
            return _publish(root, Path(dataset), told, after, documents)
    except OSError as error:
        raise StorageError(f"nothing was published into {root}; the latest version is as it was: {told_of(error)}") from error


def prune(data_root: drafts.Folder, keep: int) -> list[int]:
    """Removes all but the newest `keep` versions, never the latest, and returns the numbers of those removed.

    What a killed publisher left behind, which no version has for its parent, goes with them.
    """
    root = Path(data_root)
    with publishing(root, wait=True):
        kept = _line(root)[: max(1, keep)]
        gone = [number for number in sorted(_numbers(root), reverse=True) if kept and number < kept[0] and number not in kept]
        for number in gone:
            # A folder that is half removed must not look like a version.
            aside = root / "versions" / f".old-{uuid.uuid4().hex}"
            _folder(root, number).rename(aside)
            shutil.rmtree(aside)
    return gone


@contextmanager
def publishing(root: Path, wait: bool = False) -> Iterator[None]:
    """Holds the one right to publish into a data root; the system takes it back from a killed process."""
    (root / "versions").mkdir(parents=True, exist_ok=True)
    with (root / "versions" / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise StorageError(
                f"another process is publishing into {root}; when it is done, give the same command again: what the models "
                "said is kept"
            ) from error
        yield


def replace_text(path: Path, text: str) -> None:
    """Writes a small file so that readers, and a machine that loses power, see the old text or the new one, whole."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        aside.write_text(text, "utf-8")
        contents.sync(aside)
        aside.replace(path)
        contents.sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _publish(root: Path, dataset: Path, given: Mapping[str, object], after: int | None, documents: Documents | None) -> Version:
    before, versions = latest(root), root / "versions"
    for stale in (*versions.glob(".new-*"), *versions.glob(".old-*")):
        shutil.rmtree(stale)
    aside = versions / f".new-{uuid.uuid4().hex}"
    try:
        told = contents.fill(aside, dataset)
        if before and before.run_id == given["run_id"] and manifest_of(before)["tables"] == told["tables"]:
            return before
        _check_parent(before, after)
        # A version that `latest` never came to name, because its publisher was killed, keeps its number.
        number = 1 + max(_numbers(root), default=0)
        manifest: dict[str, Any] = {"version": number, "created": datetime.now(UTC).isoformat(timespec="seconds")}
        manifest |= {"parent": before.number if before else None, **given, **_origins(aside), **told}
        manifest["documents"] = contents.document(aside, manifest, documents)
        replace_text(aside / MANIFEST, json.dumps(manifest, indent=1, default=str))
        (aside / MANIFEST).chmod(0o444)
        aside.rename(_folder(root, number))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    contents.sync(versions)
    replace_text(root / LATEST, json.dumps({"version": number, "path": f"versions/{_folder(root, number).name}"}))
    return _read(_folder(root, number))


def _check_parent(before: Version | None, after: int | None) -> None:
    number = before.number if before else 0
    if after is not None and number != after:
        raise StorageError(
            f"version {number} was published while this run was under way, and what it added would be lost; nothing was "
            "published. Give the same command again: what the models said is kept"
        )


def _line(root: Path) -> list[int]:
    """The latest version's number, its parent's, and so on, as far as they are there."""
    there, version, line = set(_numbers(root)), latest(root), list[int]()
    while version:
        line.append(version.number)
        version = _read(_folder(root, version.parent)) if version.parent in there else None
    return line


def _numbers(root: Path) -> list[int]:
    return [int(path.name[2:]) for path in (root / "versions").glob("v=[0-9]*") if path.name[2:].isdecimal()]


def _folder(root: Path, number: int) -> Path:
    return root / "versions" / f"v={number:05d}"


def _origins(folder: Path) -> dict[str, object]:
    """The prompts and models that the problems came from, by the problems themselves; real ones have no teacher."""
    names = {"prompts": "prompts_hash", "teacher_models": "teacher_model", "student_models": "student_model"}
    found = "SELECT DISTINCT {0} FROM problems WHERE {0} <> '' ORDER BY 1"
    with drafts.connect(folder) as tables:
        return {key: [value for (value,) in tables.sql(found.format(name)).fetchall()] for key, name in names.items()}


def _read(folder: Path) -> Version:
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    rows = {table: facts["rows"] for table, facts in told["tables"].items()}
    return Version(told["version"], folder, told["created"], told["parent"], told["run_id"], rows)
