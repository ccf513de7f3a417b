"""What an attacker is after: secrets, doors into the caller, and things of the machine that must stay as they are."""

import os
import resource
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

MARK = "planted-by-an-attack"
"""The name of everything that an attack tries to leave behind."""

_SIGNALS = ("SIGUSR1", "SIGUSR2", "SIGTERM", "SIGHUP", "SIGALRM", "SIGCONT", "SIGXCPU", "SIGIO")
_SETTLES = 10.0  # seconds in which dead children must be gone


class Scene:
    """One caller with its secret, listeners on every kind of socket, and a folder that anybody may write to.

    `route` is what each source ends with, so that it goes to the servers that are under attack.
    """

    def __init__(self, folder: Path, route: str) -> None:
        self.folder = folder
        self.route = route
        self.pid = os.getpid()
        self.secret = secrets.token_hex(16)
        self.signals: list[int] = []
        os.environ["STEPPINGSTONE_SECRET"] = self.secret
        (folder / "expected.txt").write_text(self.secret)
        (folder / "expected.txt").chmod(0o666)
        folder.chmod(0o777)
        self.tcp = _listening(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self.udp = _listening(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self.unix = _listening(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket"))
        self.abstract = _listening(socket.AF_UNIX, socket.SOCK_STREAM, f"\0steppingstone-{self.secret[:8]}")
        self._before = self._state()

    @property
    def tcp_port(self) -> int:
        return int(self.tcp.getsockname()[1])

    @property
    def udp_port(self) -> int:
        return int(self.udp.getsockname()[1])

    def check(self, told: str) -> None:
        """Nothing leaked into what was told, nothing arrived, nothing changed."""
        assert self.secret not in told, "the secret is out"
        assert not self.signals, f"signals {self.signals} arrived"
        for door in (self.tcp, self.udp, self.unix, self.abstract):
            assert not _arrived(door), f"something arrived at {door.getsockname()!r}"
        now = self._state()
        changed = {name: (value, now[name]) for name, value in self._before.items() if value != now[name]}
        assert not changed, changed

    def close(self) -> None:
        for door in (self.tcp, self.udp, self.unix, self.abstract):
            door.close()
        os.environ.pop("STEPPINGSTONE_SECRET", None)

    def _state(self) -> dict[str, object]:
        names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
        return {
            "rlimits": {name: resource.getrlimit(getattr(resource, name)) for name in names},
            "nice": os.getpriority(os.PRIO_PROCESS, 0),
            "affinity": os.sched_getaffinity(0),
            "scheduler": os.sched_getscheduler(0),
            "session": (os.getsid(0), os.getpgid(0)),
            "timer": signal.getitimer(signal.ITIMER_REAL),
            "folder": {entry.name: entry.stat().st_mode for entry in self.folder.iterdir()},
            "expected": (self.folder / "expected.txt").read_text(),
            "planted": [str(path) for place in ("/tmp", "/dev/shm", "/var/tmp") for path in Path(place).glob(f"*{MARK}*")],
            "sysv": [len(Path(f"/proc/sysvipc/{kind}").read_text().splitlines()) for kind in ("shm", "sem", "msg")],
            "threads": threading.active_count(),
        }


@contextmanager
def scene(route: str) -> Iterator[Scene]:
    """A scene for a whole run of attacks; signals that arrive meanwhile are counted, not obeyed."""
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    opened = Scene(folder, route)
    handlers = {name: signal.signal(getattr(signal, name), _counting(opened.signals)) for name in _SIGNALS}
    try:
        yield opened
    finally:
        for name, handler in handlers.items():
            signal.signal(getattr(signal, name), handler)
        opened.close()
        shutil.rmtree(folder)


def processes(zombies: bool = False) -> dict[int, int]:
    """Parent of each process."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, rest = status.read_text().rsplit(") ", 1)
            if zombies or rest[0] != "Z":
                found[int(name.split()[0])] = int(rest.split()[1])
    return found


def descendants(pid: int) -> set[int]:
    """Children, their children, and so on."""
    tree = processes()
    found = {pid}
    while more := {child for child, parent in tree.items() if parent in found} - found:
        found |= more
    return found - {pid}


def settles(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true while dead processes are cleared away."""
    end = time.monotonic() + _SETTLES
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _listening(family: int, kind: int, address: object) -> socket.socket:
    door = socket.socket(family, kind)
    door.bind(address)
    if kind == socket.SOCK_STREAM:
        door.listen()
    door.setblocking(False)
    return door


def _arrived(door: socket.socket) -> bool:
    try:
        if door.type == socket.SOCK_DGRAM:
            door.recv(1)
        else:
            door.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _counting(signals: list[int]) -> Callable[[int, FrameType | None], None]:
    return lambda number, frame: signals.append(number)
