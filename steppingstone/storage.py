"""Object storage through fsspec: an object is there whole or not at all, and there is no appending."""

import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steppingstone.disks import told
from steppingstone.errors import BadInput, SteppingstoneError, StorageError

Folder = str | os.PathLike[str]

S3 = {
    # The client's own 60 s, for each of several tries, are a long wait for an address with a typing error.
    "config_kwargs": {"connect_timeout": 10},
    # Of a large file so many parts are in memory at once.
    "max_concurrency": 4,
}
FILES_AT_ONCE, PART = 4, 16 * 2**20
NOT_SO = (409, 412)
"""What S3 answers where the condition of a write does not hold, or can't be told to hold while another writes."""


def is_address(folder: Folder) -> bool:
    """Whether it is an address such as s3://bucket/prefix, and no folder of this machine."""
    return "://" in os.fspath(folder)


def filesystem(address: str, named: str) -> tuple[Any, str]:
    """The client for an address, and the path there. Raises `BadInput`, by the `named` setting, if that can't be an address."""
    is_s3 = address.startswith(("s3:", "s3a:"))
    try:
        # Trainers grade without it.
        from fsspec.core import url_to_fs

        client, path = url_to_fs(address, use_listings_cache=False, **(S3 if is_s3 else {}))
    except ImportError as error:
        remedy = "pip install 'steppingstone[s3]'" if is_s3 else "install it beside steppingstone"
        raise BadInput(f"{named} {address!r} needs a client that is missing: {error}; {remedy}") from error
    except ValueError as error:
        raise BadInput(
            f"{named} {address!r} can't be opened: {error}; give a folder, s3:// or another fsspec address"
        ) from error
    return client, str(path)


def names_in(folder: Path) -> list[str]:
    """The files below a folder, by their paths from there."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@contextmanager
def at_hand(folder: Folder) -> Iterator[Path]:
    """A folder, or while the block lasts a copy on this machine of all that is below an address."""
    if not is_address(folder):
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory(prefix="steppingstone-") as copy:
        Store(folder).download_all("", Path(copy))
        yield Path(copy)


class Store:
    """The objects below an s3:// address, by their paths from there. Raises `StorageError` wherever the storage fails."""

    def __init__(self, address: Folder) -> None:
        self.address = os.fspath(address).rstrip("/")
        self._client, self._root = filesystem(self.address, "data_root")

    def probe(self) -> None:
        """Raises `BadInput` if nothing can be written, or two who write at once would not be kept apart."""
        name = f".probe-{uuid.uuid4().hex}"
        try:
            apart = self.create(name, b"1") and not self.create(name, b"2")
            apart = apart and self.exchange(name, b"1", b"3") and not self._put(name, b"4", IfMatch='"0"')
            self.remove(name)
        except StorageError as error:
            raise BadInput(
                f"data_root {self.address!r} can't be written to ({told(error.__cause__ or error)}); give credentials and "
                "$AWS_ENDPOINT_URL as to any client of S3, or choose another by data_root"
            ) from error
        if not apart:
            raise BadInput(
                f"data_root {self.address!r}: this server writes whatever If-Match and If-None-Match say, and two runs could "
                "publish over each other; choose another by data_root"
            )

    def read(self, names: Iterable[str]) -> dict[str, bytes]:
        """The content of those objects that are there."""
        paths = {self._path(name): name for name in names}
        with self._failures("read"):
            found = self._client.cat(list(paths), on_error="return") if paths else {}
            for content in found.values():
                if isinstance(content, BaseException) and not isinstance(content, FileNotFoundError):
                    raise content
        return {paths[path]: content for path, content in found.items() if isinstance(content, bytes)}

    def create(self, name: str, content: bytes) -> bool:
        """Writes an object unless it is there; whether this content is there now."""
        return self._put(name, content, mode="create")

    def exchange(self, name: str, old: bytes | None, new: bytes) -> bool:
        """Writes an object unless it is another by now than the `old` one, None for none; whether the new one is there now."""
        if old is None:
            return self.create(name, new)
        with self._failures("read"):
            tag = self._client.info(self._path(name))["ETag"]
        return self.read([name]).get(name) == old and self._put(name, new, IfMatch=tag)

    def upload(self, folder: Path, into: str = "", names: Iterable[str] | None = None) -> None:
        """Writes files of a folder, all if none are named, as objects below `into`."""
        sent = list(names_in(folder) if names is None else names)
        sources, targets = [str(folder / name) for name in sent], [self._path(f"{into}/{name}") for name in sent]
        with self._failures("written"):
            self._client.put(sources, targets, batch_size=FILES_AT_ONCE, chunksize=PART)

    def download(self, files: Mapping[str, Path]) -> None:
        """Writes each of these objects into a file of this machine."""
        with self._failures("read"):
            self._client.get([*map(self._path, files)], [*map(str, files.values())], batch_size=FILES_AT_ONCE)

    def download_all(self, below: str, folder: Path) -> None:
        """Writes all objects below a path into a folder of this machine."""
        root = self._path(below)
        with self._failures("read"):
            found = [path[len(root) :].lstrip("/") for path in self._client.find(root)]
        self.download({f"{below}/{name}": folder / name for name in found})

    def folders(self, below: str) -> list[str]:
        """The first parts of the paths of all objects below a path."""
        with self._failures("read"):
            try:
                found = self._client.ls(self._path(below), detail=False)
            except FileNotFoundError:
                return []
        return [path.rpartition("/")[2] for path in found]

    def open(self, name: str) -> Any:
        """An object as a file to be read; only the parts that are asked for are fetched."""
        with self._failures("read"):
            return self._client.open(self._path(name), "rb", cache_type="none")

    def remove(self, name: str) -> None:
        """Removes an object, or all below a path; what is not there is no error."""
        path = self._path(name)
        with self._failures("written"):
            if found := self._client.find(path):
                self._client.rm(found)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}".replace("//", "/").rstrip("/")

    def _put(self, name: str, content: bytes, **condition: str) -> bool:
        with self._failures("written"):
            try:
                self._client.pipe_file(self._path(name), content, **condition)
            except OSError as error:
                if _status(error) not in NOT_SO:
                    raise
                # What the client heard no answer to it writes again, and may have written already.
                return self.read([name]).get(name) == content
        return True

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        try:
            yield
        except SteppingstoneError:
            raise
        except Exception as error:
            # The clients beneath raise exceptions of their own, which share no base.
            raise StorageError(f"{self.address} can't be {what}: {told(error)}") from error


def _status(error: BaseException) -> int | None:
    """The HTTP status that a client of S3 met."""
    answer = getattr(error.__cause__, "response", {})
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status if isinstance(status, int) else None
