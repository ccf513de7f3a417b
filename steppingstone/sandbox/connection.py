"""The caller's end of one fork server: start it, take a channel to a fresh child, end the child, close."""

import json
import logging
import os
import socket
import subprocess
import sys
import weakref
from dataclasses import dataclass
from pathlib import Path

from steppingstone import counts
from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox import frames
from steppingstone.sandbox.tiers import BEYOND, Tier, package_folder

_LOG = logging.getLogger(__name__)

GRADING_SEED = 1

_SCRIPT = Path(__file__).with_name("server.py")
_ENVIRONMENT = {
    "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC0",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "LD_BIND_NOW": "1",  # or each child would look up anew the symbols that only children use
}  # fmt: skip
_START_SECONDS = 60.0
_ANSWER_SECONDS = 20.0
_STOP_SECONDS = 2.0
_REPORT_BYTES = 65_536
_RIGHTS_BYTES = socket.CMSG_SPACE(frames.DESCRIPTOR.size)


class ServerDied(SandboxUnavailable):
    """The server ended, or no longer answers; another one may do."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: exit code (-1 if by signal), signal (0 if by exit), whether the server had to kill it.

    `cpu_limit`: at how many seconds of CPU time the kernel would have killed it, -1 for none. `cpu_used`: seconds.
    """

    code: int
    signal: int
    forced: bool
    cpu_limit: int
    cpu_used: float


class Connection:
    """One fork server. `seed` is its hash seed, and gives its clock and its random state. For one thread at a time."""

    def __init__(self, seed: int = GRADING_SEED, tier: Tier = Tier.BARE, policy: str = "default") -> None:
        """Start the process; `open` waits for it."""
        self.seed = seed
        self.tier = tier
        self.policy = f"{policy}/{tier}"
        self.report: dict[str, str] = {}
        self._spare: socket.socket | None = None
        if sys.platform != "linux":
            raise SandboxUnavailable(f"the sandbox is made of what the Linux kernel gives; this is {sys.platform}")
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = _start(theirs.fileno(), seed, tier, policy)
        self._finalizer = weakref.finalize(self, _stop, self._process, self._link, os.getpid())

    def open(self) -> None:
        """Wait until the server is confined. Raises `SandboxUnavailable` with its reason if it will not run."""
        self._link.settimeout(_START_SECONDS)
        said = json.loads(self._receive(_REPORT_BYTES) or b"{}")
        if "error" in said:
            self.close()
            raise SandboxUnavailable(f"the sandbox does not start: {said['error']}")
        self.report = said
        self._link.settimeout(_ANSWER_SECONDS)
        self._send(frames.NEXT)

    def alive(self) -> bool:
        """Whether the server's process still runs."""
        return self._process.poll() is None

    def take(self) -> socket.socket:
        """The channel to a fresh child. `ready_next` must follow, once the child has its request."""
        channel = self._spare or self._receive_channel()
        self._spare = None
        return channel

    def ready_next(self) -> None:
        """Have the server fork the next child, while the one whose channel was taken is at work."""
        self._send(frames.NEXT)

    def end(self) -> None:
        """End the child whose channel was taken."""
        self._send(frames.END)

    def end_with_status(self) -> Ending:
        """End the child whose channel was taken, and which closed it from its side; tell how it ended."""
        self._spare = self._receive_channel()
        self._send(frames.END_WITH_STATUS)
        status, *rest = frames.STATUS.unpack(self._receive(frames.STATUS.size))
        if os.WIFSIGNALED(status):
            return Ending(-1, os.WTERMSIG(status), *rest)
        return Ending(os.WEXITSTATUS(status), 0, *rest)

    def close(self) -> None:
        """End the server with all its frames."""
        if self._spare is not None:
            self._spare.close()
        self._finalizer()

    def abandon(self) -> None:
        """In a forked copy of the process that started it: let go of the server, which is not ours to end."""
        self._link.close()
        self._finalizer.detach()
        self._process.returncode = 0

    def _send(self, order: bytes) -> None:
        try:
            self._link.send(order)
        except OSError as error:
            raise self._died(error) from error

    def _receive(self, size: int) -> bytes:
        try:
            data = self._link.recv(size)
        except OSError as error:
            raise self._died(error) from error
        if not data:
            raise self._died("end of file")
        return data

    def _receive_channel(self) -> socket.socket:
        try:
            message, rights, _, _ = self._link.recvmsg(1, _RIGHTS_BYTES)
        except OSError as error:
            raise self._died(error) from error
        if message != frames.CHANNEL or len(rights) != 1:
            raise self._died(f"it said {message!r}")
        (descriptor,) = frames.DESCRIPTOR.unpack(rights[0][2])
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, descriptor)

    def _died(self, why: object) -> ServerDied:
        self.close()
        counts.SANDBOX_FAULTS.add()
        _LOG.warning("fork server %s %d (pid %d) is gone: %s", self.tier, self.seed, self._process.pid, why)
        return ServerDied(f"fork server {self.tier} {self.seed} (pid {self._process.pid}) is gone: {why}")


def _start(control: int, seed: int, tier: Tier, policy: str) -> subprocess.Popen[bytes]:
    # -I would ignore the hash seed; -S, -s and -P with a bare environment keep site-packages and the caller's folder out
    command = [sys.executable, "-S", "-s", "-P", "-B", "-W", "ignore", str(_SCRIPT), str(control), str(seed), tier, policy]
    if tier in BEYOND:
        command.append(package_folder(tier))
    environment = _ENVIRONMENT | {"PYTHONHASHSEED": str(seed)}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    null = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            command,
            env=environment,
            pass_fds=[control],
            stdin=null,
            stdout=null,
            stderr=null,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxUnavailable(f"cannot start a fork server with the interpreter {sys.executable!r}: {error}") from error


def _stop(process: subprocess.Popen[bytes], link: socket.socket, owner: int) -> None:
    """At end of file the server ends its children and itself, and leaves no orphan; what does not obey is killed."""
    link.close()
    if os.getpid() != owner:
        return
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
