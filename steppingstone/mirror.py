"""A data root on object storage is worked on in a folder of this machine: versions are fetched into it, and go there from it.

A version is never changed, so what was fetched once stays good. `latest.json` is moved by a write that fails if another
publisher has moved it meanwhile.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from steppingstone import contents
from steppingstone.contents import LATEST, MANIFEST, VERSIONS
from steppingstone.disks import told
from steppingstone.errors import BadInput, StorageError
from steppingstone.storage import Folder, Store, is_address, names_in

CLAIM = ".claim"
TRIES = 2
"""Of a file that is not what its manifest says once it is here."""

Facts = Mapping[str, Any]


def working_folder(data_root: Folder) -> Path:
    """The folder of this machine in which a data root is worked on: itself, or for an address one in the user's cache."""
    if not is_address(data_root):
        return Path(data_root)
    address = os.fspath(data_root).rstrip("/")
    name = re.sub(r"[^\w.-]+", "-", address.partition("://")[2])[:60]
    return _cache() / f"{name}-{hashlib.sha256(address.encode()).hexdigest()[:12]}"


def address_of(folder: Path, data_root: Folder) -> str:
    """How other machines find a folder of a data root: by its path, or by an address."""
    if not is_address(data_root):
        return str(folder)
    return f"{os.fspath(data_root).rstrip('/')}/{folder.relative_to(working_folder(data_root)).as_posix()}"


def share(folder: Path, data_root: Folder) -> None:
    """Puts a folder of a data root where other machines find it, unless that is where it stands."""
    if is_address(data_root):
        Store(address_of(folder, data_root)).upload(folder)


def mirror_of(data_root: Folder) -> "Mirror | None":
    """What keeps the folder of this machine up to date; None if the data root is that folder."""
    return Mirror(data_root) if is_address(data_root) else None


class Mirror:
    """A data root on object storage and the folder for it. Any number of processes and machines may use one at once."""

    def __init__(self, address: Folder) -> None:
        self.folder = working_folder(address)
        self._store = Store(address)

    def fetch_latest(self) -> None:
        """Brings the latest version, with all its files, here."""
        with self._alone():
            pointer = self._store.read([LATEST]).get(LATEST)
            if pointer is None:
                (self.folder / LATEST).unlink(missing_ok=True)
                return
            # Whoever reads a pointer that names nothing says so.
            with suppress(ValueError, KeyError, TypeError):
                self._fetch([json.loads(pointer)["path"]], whole=True)
            contents.replace_text(self.folder / LATEST, pointer.decode())

    def fetch(self, number: int) -> None:
        """Brings one version, with all its files, here."""
        with self._alone():
            self._fetch([contents.place(number)], whole=True)

    def fetch_kept(self) -> None:
        """Brings manifest and problems of every version here, and removes here what is not there any more."""
        with self._alone():
            kept = self._fetch(map(contents.place, self.numbers()), whole=False)
            for folder in (self.folder / VERSIONS).glob("v=*"):
                if f"{VERSIONS}/{folder.name}" not in kept:
                    contents.discard(folder)

    def numbers(self) -> list[int]:
        """The numbers of all versions there, also of those that were never published whole."""
        return [number for name in self._store.folders(VERSIONS) if (number := contents.number_of(name)) is not None]

    def claim(self) -> int:
        """A number for a new version that no other publisher has or had."""
        number = 1 + max(self.numbers(), default=0)
        while not self._store.create(f"{contents.place(number)}/{CLAIM}", uuid.uuid4().hex.encode()):
            number += 1
        return number

    def publish(self, whole: Path, number: int, parent: int | None) -> bool:
        """Puts a whole version there, makes it the latest if that still is the `parent`, and moves it to its place here.

        If that is not the latest any more, it returns False, and nothing is left of the version there.
        """
        place = contents.place(number)
        # A manifest without its tables would look like a version.
        self._store.upload(whole, place, [name for name in names_in(whole) if name != MANIFEST])
        self._store.upload(whole, place, [MANIFEST])
        before, after = self._store.read([LATEST]).get(LATEST), contents.pointer(number)
        if (json.loads(before)["version"] if before else None) != parent or not self._store.exchange(
            LATEST, before, after.encode()
        ):
            self.remove(number)
            return False
        with self._alone():
            target = self.folder / place
            if not _is_same(target / MANIFEST, (whole / MANIFEST).read_bytes()):
                contents.discard(target)
                whole.rename(target)
            contents.replace_text(self.folder / LATEST, after)
        return True

    def remove(self, number: int) -> None:
        """Removes a version there. One that is half removed must not look like a version."""
        self._store.remove(f"{contents.place(number)}/{MANIFEST}")
        self._store.remove(contents.place(number))

    def _fetch(self, places: Iterable[str], whole: bool) -> set[str]:
        """Fetches what is not here yet of the versions at these places; returns the places where there is one."""
        found = self._store.read(f"{place}/{MANIFEST}" for place in places)
        for name, manifest in found.items():
            try:
                self._fetch_version(name.removesuffix(f"/{MANIFEST}"), manifest, whole)
            except (ValueError, KeyError, TypeError) as error:
                raise StorageError(f"{self._store.address}/{name} is no manifest of ours: {error!r}") from error
        return {name.removesuffix(f"/{MANIFEST}") for name in found}

    def _fetch_version(self, place: str, manifest: bytes, whole: bool) -> None:
        target, listed = self.folder / place, json.loads(manifest)
        if not _is_same(target / MANIFEST, manifest):
            # The bucket was emptied meanwhile, and the number given again; or there is nothing here yet.
            contents.discard(target)
        files = contents.told_in(listed) if whole else [listed["tables"]["problems"]]
        self._fetch_files(place, [facts for facts in files if not _is_here(target, facts)])
        if not (target / MANIFEST).exists():
            contents.replace_text(target / MANIFEST, manifest.decode())

    def _fetch_files(self, place: str, files: Sequence[Facts]) -> None:
        """Fetches files of a version, each of which appears here once it is what the manifest says."""
        aside = self.folder / VERSIONS / f".fetched-{uuid.uuid4().hex}"
        try:
            left = files
            for _ in range(TRIES):
                self._store.download({f"{place}/{facts['file']}": aside / facts["file"] for facts in left})
                left = [facts for facts in left if not contents.is_as_told(aside, facts)]
            if left:
                raise StorageError(f"{self._store.address}/{place}/{left[0]['file']} is not what the version's manifest says")
            for facts in files:
                target = self.folder / place / facts["file"]
                target.parent.mkdir(parents=True, exist_ok=True)
                (aside / facts["file"]).chmod(0o444)
                (aside / facts["file"]).replace(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps this machine's other processes from changing the folder."""
        try:
            (self.folder / VERSIONS).mkdir(parents=True, exist_ok=True)
            with (self.folder / VERSIONS / ".fetching").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for stale in (self.folder / VERSIONS).glob(".fetched-*"):
                    shutil.rmtree(stale)
                yield
        except OSError as error:
            raise StorageError(f"{self._store.address} can't be kept in {self.folder}: {told(error)}") from error


def _is_same(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


def _is_here(folder: Path, facts: Facts) -> bool:
    path = folder / str(facts["file"])
    return path.exists() and path.stat().st_size == facts["bytes"]


def _cache() -> Path:
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "steppingstone"
    except RuntimeError as error:
        raise BadInput(
            f"a data root on object storage needs a folder on this machine, too ({error}): set $XDG_CACHE_HOME"
        ) from error
