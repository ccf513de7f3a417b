"""What is looked at of a data root before a run: whether it can hold another version, and whether those in it are ours."""

import errno
import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from steppingstone import contents
from steppingstone.errors import BadInput, TableMismatch
from steppingstone.findings import Finding, State, of_error
from steppingstone.mirror import working_folder
from steppingstone.probing import probe
from steppingstone.storage import Store, is_address
from steppingstone.versions import latest, manifest_of

NAME = "data root"
ROOM_MB = 200
COMPLETION_BYTES = 5_000
"""In the journal and in tables, by a rough measure: a student's reply of 500 tokens with some reasoning."""


def examine_data_root(data_root: str, completions: int = 0, tiers: Mapping[str, object] | None = None) -> list[Finding]:
    """Whether a run of at most so many completions can be written there, and published with tiers by these thresholds."""
    try:
        if is_address(data_root):
            Store(data_root).probe()
        with probe(working_folder(data_root)) as folder:
            _rehearse(folder)
            free = shutil.disk_usage(folder).free // 2**20
    except BadInput as error:
        return [of_error(NAME, error)]
    except OSError as error:
        place = str(working_folder(data_root))
        to_do = f"choose another by {'$XDG_CACHE_HOME' if is_address(data_root) else 'data_root'}"
        return [Finding(NAME, State.WRONG, f"{place!r} can't be written to ({error.strerror or error})", to_do)]
    return [_room(data_root, free, completions), *_latest(data_root, tiers)]


def _rehearse(folder: Path) -> None:
    """All that publishing asks of a file system, done with next to nothing. Raises `OSError`."""
    (folder / "aside").mkdir()
    table = folder / "aside" / "table"
    table.write_bytes(b"\n" * 4096)
    table.chmod(0o444)
    contents.sync(table)
    (folder / "aside").rename(folder / "version")
    contents.sync(folder)
    for text in "12":
        contents.replace_text(folder / "latest", text)
    with (folder / "lock").open("w") as lock, (folder / "lock").open("w") as other:
        _lock(lock.fileno())
        with suppress(BlockingIOError):
            _lock(other.fileno())
            raise OSError(errno.ENOLCK, "its file system lets two hold one lock")


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as error:
        raise OSError(error.errno, f"its file system has no locks: {error.strerror}") from error


def _room(data_root: str, free_mb: int, completions: int) -> Finding:
    least = max(ROOM_MB, completions * COMPLETION_BYTES // 2**20)
    if free_mb < ROOM_MB:
        return Finding(NAME, State.WRONG, f"{data_root!r} has {free_mb} MB left", f"a run wants {ROOM_MB} MB at least")
    if free_mb < least:
        said = f"{data_root!r} has {free_mb:,} MB left, and {completions:,} completions may take {least:,} MB"
        return Finding(NAME, State.NOTE, said, "make room, or ask for less")
    return Finding(NAME, State.FINE, f"{data_root!r} can be written to, renamed in and locked; {free_mb:,} MB are free")


def _latest(data_root: str, tiers: Mapping[str, object] | None) -> Iterator[Finding]:
    """Whether rows can be added to the latest version: it can be read, is of our schema, and has the same tiers."""
    name = "published versions"
    try:
        version = latest(data_root)
        if version is None:
            yield Finding(name, State.FINE, "none yet")
            return
        held = manifest_of(version)["settings"].get("tiers", tiers)
        contents.check(version.folder)
    except BadInput as error:
        yield of_error(name, error)
    except TableMismatch as error:
        said = "the latest version was published under another schema, and nothing can be added to it or changed in it"
        yield Finding(name, State.WRONG, f"{said}: {error}", "choose another data root by data_root")
    except (OSError, pa.ArrowException) as error:
        yield Finding(name, State.WRONG, f"the latest can't be read: {error}", "restore it, or choose another data_root")
    else:
        yield Finding(name, State.FINE, f"version {version.number} of {version.created} can be added to")
        if tiers is not None and held != tiers:
            said = f"wanted are {tiers}, and version {version.number} has {held}"
            to_do = "give flows.reverify the new ones first, which moves all that is published, or name another data_root"
            yield Finding("tiers", State.WRONG, said, to_do)
