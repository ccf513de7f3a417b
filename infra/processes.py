"""Server processes that live no longer than the process which started them."""

import contextlib
import ctypes
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from steppingstone.errors import InfrastructureError

_PR_SET_PDEATHSIG = 1
_STOP_S = 10


@contextlib.contextmanager
def server_process(
    name: str,
    command: Sequence[str],
    env: Mapping[str, str],
    log: Path,
    ready: Callable[[], bool],
    timeout_s: float = 120,
) -> Iterator[subprocess.Popen[bytes]]:
    """Starts a server in a session of its own (a terminal's Ctrl-C does not reach it), waits until it is ready, and stops it.

    Its output goes to `log`. Raises `InfrastructureError` with the last of that if it ends early or is not ready in time.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = start(command, env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        _wait(name, process, log, ready, time.monotonic() + timeout_s)
        yield process
    finally:
        _stop(process)


def start(command: Sequence[str], env: Mapping[str, str], **streams: Any) -> subprocess.Popen[bytes]:
    """A process in a session of its own, which a terminal's Ctrl-C does not reach, and that ends with this one."""
    return subprocess.Popen(command, env=dict(env), start_new_session=True, preexec_fn=_die_with_parent, **streams)


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(name: str, process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool], deadline: float) -> None:
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            fault = "is not ready in time" if process.poll() is None else f"ended with exit code {process.returncode}"
            last = " | ".join(log.read_text(errors="replace").splitlines()[-5:])
            raise InfrastructureError(f"{name} {fault}; the end of {log}: {last or '(empty)'}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
