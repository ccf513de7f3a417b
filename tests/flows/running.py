"""A flow as a user runs it: a process of its own, with a real Prefect server, Dask cluster and offline models."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parent.parent.parent
ATTEMPTS, ROUNDS, SEEDS = 8, 3, 4
SIZE = ["--seeds.count", str(SEEDS), "--generation.rounds", str(ROUNDS), "--generation.attempts", str(ATTEMPTS)]
MARK = "STEPPINGSTONE_TEST_RUN"


@dataclass(frozen=True)
class Run:
    """A run that ended: where its data is, and what it printed."""

    data: Path
    code: int
    printed: str


@contextmanager
def started(
    data: Path,
    *options: str,
    flow: str = "nightly",
    env: Mapping[str, str] = MappingProxyType({}),
    within: Sequence[str] = (),
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A run in the middle of things, and a mark that all its processes bear in their environment.

    `within` is a command that runs the command which is put behind it.
    """
    mark = uuid.uuid4().hex
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [*within, sys.executable, "-m", f"flows.{flow}", "--data_root", str(data), *options]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**clean, **env, MARK: mark}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process, mark
    finally:
        process.kill()
        process.wait()


def finished(data: Path, *options: str, flow: str = "nightly", env: Mapping[str, str] = MappingProxyType({})) -> Run:
    with started(data, *options, flow=flow, env=env) as (process, _):
        printed, _ = process.communicate(timeout=300)
        return Run(data, process.returncode, printed)


def marked(mark: str) -> list[str]:
    """Command lines of the live processes that bear the mark."""
    return bearing(f"{MARK}={mark}")


def bearing(setting: str) -> list[str]:
    """Command lines of the live processes with this in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if setting.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found
