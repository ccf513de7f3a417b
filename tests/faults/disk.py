"""A small file system in a mount namespace of its own, and what fills it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MB = 2**20


@dataclass(frozen=True)
class Disk:
    """`folder` is where processes that are started `within` find it, and `seen` where this one does."""

    folder: Path
    seen: Path
    within: list[str]

    def left(self) -> int:
        """Bytes that may still be written."""
        told = os.statvfs(self.seen)
        return told.f_bavail * told.f_frsize

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Until the block ends there is no room at all."""
        fill(self.seen)
        try:
            yield
        finally:
            ballast(self.seen).unlink()


def ballast(folder: Path) -> Path:
    return folder / "ballast"


def fill(folder: Path, leaving: int = 0) -> None:
    """Leaves so many bytes."""
    with ballast(folder).open("wb", buffering=0) as file:
        told = os.statvfs(folder)
        if (size := told.f_bavail * told.f_frsize - leaving) > 0:
            os.posix_fallocate(file.fileno(), 0, size)


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mounts a tmpfs that only processes started `within` see. Skips the test where that is not allowed."""
    folder.mkdir()
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mount = f"mount -t tmpfs -o size={megabytes}m none {folder} && echo mounted && exec sleep infinity"
    holder = subprocess.Popen(
        ["unshare", *user, "--mount", "sh", "-c", mount], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        assert holder.stdout is not None
        said = holder.stdout.readline().decode().strip()
        if said != "mounted":
            pytest.skip(f"no file system can be mounted here: {said}")
        enter = ["nsenter", f"--target={holder.pid}", "--mount", *(["--user", "--preserve-credentials"] if user else [])]
        within = [*enter, "sh", "-c", f'cd {Path.cwd()} && exec "$@"', "sh"]
        yield Disk(folder, Path(f"/proc/{holder.pid}/root{folder}"), within)
    finally:
        holder.kill()
        holder.wait()
