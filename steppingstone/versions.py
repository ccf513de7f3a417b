"""Dataset versions: immutable published folders of tables, each with a manifest; `latest.json` names the newest.

A data root is a folder, or an s3:// address; a version's folder is one of this machine either way.
"""

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
from steppingstone.contents import LATEST, MANIFEST, VERSIONS, Documents
from steppingstone.disks import told as told_of
from steppingstone.errors import BadInput, Overtaken, StorageError
from steppingstone.mirror import mirror_of, working_folder
from steppingstone.storage import is_address

BUSY = (
    "another process is publishing into {data_root}; when it is done, give the same command again: what the models said is kept"
)


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
    if mirror := mirror_of(data_root):
        mirror.fetch_latest()
    root = working_folder(data_root)
    pointer = root / LATEST
    try:
        named = json.loads(pointer.read_text("utf-8"))
        return _read(root / named["path"])
    except FileNotFoundError as error:
        if not pointer.exists():
            return None
        raise BadInput(f"{pointer} names a version that is not there: {error.filename}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{pointer} or the manifest that it names is no JSON of ours: {error!r}") from error


def numbered(data_root: drafts.Folder, number: int) -> Version:
    """The version of a number. Raises `BadInput` if it is not there, or not any more."""
    root = kept(data_root)
    if number not in (there := sorted(_numbers(root))):
        raise BadInput(f"{data_root} holds no version {number}; it holds {', '.join(map(str, there)) or 'none'}")
    if mirror := mirror_of(data_root):
        mirror.fetch(number)
    return _read(_folder(root, number))


def published(data_root: drafts.Folder) -> Version:
    """The version published last. Raises `BadInput` if there is none yet."""
    if version := latest(data_root):
        return version
    place = data_root if is_address(data_root) else Path(data_root).absolute()
    raise BadInput(f"nothing is published in {place} yet; run the nightly flow, or name another data root")


def kept(data_root: drafts.Folder) -> Path:
    """The folder of this machine that holds a data root, once manifest and problems of all versions are in it."""
    if mirror := mirror_of(data_root):
        mirror.fetch_kept()
    return working_folder(data_root).absolute()


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
    told = contents.told_in(manifest_of(version))
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
    contents.check(Path(dataset))
    told = {"run_id": run_id, "kind": kind, "settings": dict(settings), "gates": list(gates), "waterfall": list(waterfall)}
    try:
        with publishing(data_root):
            return _publish(data_root, Path(dataset), told, after, documents)
    except OSError as error:
        said = f"nothing was published into {data_root}; the latest version is as it was: {told_of(error)}"
        raise StorageError(said) from error


def prune(data_root: drafts.Folder, keep: int) -> list[int]:
    """Removes all but the newest `keep` versions, never the latest, and returns the numbers of those removed.

    What a killed publisher left behind, which no version has for its parent, goes with them.
    """
    mirror = mirror_of(data_root)
    with publishing(data_root, wait=True):
        root = kept(data_root)
        stays, there = _line(data_root)[: max(1, keep)], mirror.numbers() if mirror else _numbers(root)
        gone = [number for number in sorted(there, reverse=True) if stays and number < stays[0] and number not in stays]
        for number in gone:
            if mirror:
                mirror.remove(number)
            contents.discard(_folder(root, number))
    return gone


@contextmanager
def publishing(data_root: drafts.Folder, wait: bool = False) -> Iterator[None]:
    """Holds this machine's one right to publish into a data root; the system takes it back from a killed process."""
    folder = working_folder(data_root) / VERSIONS
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise StorageError(BUSY.format(data_root=data_root)) from error
        yield


def _publish(
    data_root: drafts.Folder, dataset: Path, given: Mapping[str, object], after: int | None, documents: Documents | None
) -> Version:
    root, mirror, before = working_folder(data_root), mirror_of(data_root), latest(data_root)
    versions = root / VERSIONS
    for stale in (*versions.glob(".new-*"), *versions.glob(".old-*")):
        shutil.rmtree(stale, ignore_errors=True)
    aside = versions / f".new-{uuid.uuid4().hex}"
    try:
        told = contents.fill(aside, dataset)
        if before and before.run_id == given["run_id"] and manifest_of(before)["tables"] == told["tables"]:
            return before
        _check_parent(before, after)
        # A version that `latest` never came to name, because its publisher was killed, keeps its number.
        number = mirror.claim() if mirror else 1 + max(_numbers(root), default=0)
        manifest: dict[str, Any] = {"version": number, "created": datetime.now(UTC).isoformat(timespec="seconds")}
        manifest |= {"parent": before.number if before else None, **given, **_origins(aside), **told}
        manifest["documents"] = contents.document(aside, manifest, documents)
        contents.replace_text(aside / MANIFEST, json.dumps(manifest, indent=1, default=str))
        (aside / MANIFEST).chmod(0o444)
        if mirror is None:
            aside.rename(_folder(root, number))
            contents.sync(versions)
            contents.replace_text(root / LATEST, contents.pointer(number))
        elif not mirror.publish(aside, number, manifest["parent"]):
            _check_parent(latest(data_root), manifest["parent"] or 0)
            raise StorageError(BUSY.format(data_root=data_root))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return _read(_folder(root, number))


def _check_parent(before: Version | None, after: int | None) -> None:
    number = before.number if before else 0
    if after is not None and number != after:
        raise Overtaken(
            f"version {number} was published while this run was under way, and what it added would be lost; nothing was "
            "published. Give the same command again: what the models said is kept"
        )


def _line(data_root: drafts.Folder) -> list[int]:
    """The latest version's number, its parent's, and so on, as far as they are there."""
    root, version, line = working_folder(data_root), latest(data_root), list[int]()
    there = set(_numbers(root))
    while version:
        line.append(version.number)
        version = _read(_folder(root, version.parent)) if version.parent in there else None
    return line


def _numbers(root: Path) -> list[int]:
    return [number for path in (root / VERSIONS).glob("v=*") if (number := contents.number_of(path.name)) is not None]


def _folder(root: Path, number: int) -> Path:
    return root / contents.place(number)


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
