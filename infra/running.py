"""What `make up` left running: the file under the data root that says so, and the processes that bear its mark."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

MARK = "STEPPINGSTONE_UP"
"""The environment variable that all processes of one `make up` bear, those of its runs too."""
STATE, LOCK = "up.json", "up.lock"
_STOP_S = 15


@dataclass(frozen=True, slots=True)
class Up:
    """What is up: the process that keeps the others, their mark, and where they are found; empty while it is started.

    `environment` is what a process is given to use all of it.
    """

    pid: int
    mark: str
    found: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def running(data_root: str | Path) -> Up | None:
    """What is up for a data root, or is being started; None if nothing is."""
    with suppress(OSError), (Path(data_root) / LOCK).open("rb") as lock:
        return None if _locks(lock.fileno(), fcntl.LOCK_SH) else _read(data_root)
    return None


@contextmanager
def kept(data_root: str | Path) -> Iterator[bool]:
    """Whether nothing else keeps something up for the data root; if so, nothing else can until the block ends.

    The lock is the kernel's: who holds it is alive, whatever the file says. What one left that died is ended first.
    """
    root = Path(data_root)
    root.mkdir(parents=True, exist_ok=True)
    with (root / LOCK).open("ab") as lock:
        if not _locks(lock.fileno(), fcntl.LOCK_EX):
            yield False
            return
        end_what_died(root)
        try:
            yield True
        finally:
            (root / STATE).unlink(missing_ok=True)


def write(data_root: str | Path, up: Up) -> None:
    """Says what is up, in one atomic step."""
    made = Path(data_root) / f"{STATE}.new"
    made.write_text(json.dumps(asdict(up), indent=1), "utf-8")
    made.replace(Path(data_root) / STATE)


def end_what_died(data_root: str | Path) -> int:
    """Ends what is left of something whose keeper was killed, and forgets it; returns how many processes there were."""
    died = _read(data_root)
    (Path(data_root) / STATE).unlink(missing_ok=True)
    return end(died.mark) if died else 0


def end(mark: str) -> int:
    """Ends all other processes whose mark begins so; returns how many there were.

    They are asked to, and killed if they are still there after some seconds.
    """
    found = there = _marked(mark)
    _signal(there, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_S
    while there and time.monotonic() < deadline:
        time.sleep(0.1)
        there = _marked(mark)
    _signal(there, signal.SIGKILL)
    return len(found)


def _locks(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(data_root: str | Path) -> Up | None:
    with suppress(OSError, ValueError, TypeError):
        return Up(**json.loads((Path(data_root) / STATE).read_text("utf-8")))
    return None


def _marked(mark: str) -> list[int]:
    """Other processes that bear the mark. One that has ended and is not waited for yet has no environment any more."""
    found, sought = [], f"\0{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if sought in b"\0" + (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                found.append(int(folder.name))
    return found


def _signal(pids: Sequence[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
