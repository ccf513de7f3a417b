"""Server processes that live no longer than the process which started them."""

import contextlib
import ctypes
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from steppingstone.errors import InfrastructureError

_PR_SET_PDEATHSIG = 1
_STOP_S = 10
_RESTART_S = 0.5


@contextlib.contextmanager
def server_process(
    name: str,
    command: Sequence[str],
    env: Mapping[str, str],
    log: Path,
    ready: Callable[[], bool],
    timeout_s: float = 120,
    restarted: bool = False,
) -> Iterator[None]:
    """Starts a server in a session of its own (a terminal's Ctrl-C does not reach it), waits until it is ready, and stops it.

    Its output goes to `log`. Raises `InfrastructureError` with the last of that if it ends early or is not ready in time.
    With `restarted`, a server that ends later is started again.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    process = _start_logged(command, env, log)
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(process, command, env, log, over), daemon=True)
    try:
        _wait(name, process, log, ready, time.monotonic() + timeout_s)
        if restarted:
            keeper.start()
        yield
    finally:
        over.set()
        if keeper.ident:
            keeper.join()
        else:
            _stop(process)


@contextlib.contextmanager
def logged_process(command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Starts a process in a session of its own, whose output goes to the end of `log`, and ends it with the block."""
    process = _start_logged(command, env, log)
    try:
        yield process
    finally:
        _stop(process)


def start(
    command: Sequence[str], env: Mapping[str, str], orphaned: signal.Signals = signal.SIGTERM, **streams: Any
) -> subprocess.Popen[bytes]:
    """A process in a session of its own, which a terminal's Ctrl-C does not reach. When this one ends it gets `orphaned`."""
    tie = partial(_tie_to_parent, orphaned)
    return subprocess.Popen(command, env=dict(env), start_new_session=True, preexec_fn=tie, **streams)


def _start_logged(command: Sequence[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return start(command, env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def _keep(
    process: subprocess.Popen[bytes], command: Sequence[str], env: Mapping[str, str], log: Path, over: threading.Event
) -> None:
    """Starts a process again whenever it has ended, and stops it once all is over."""
    while not over.wait(_RESTART_S):
        if process.poll() is not None:
            process = _start_logged(command, env, log)
    _stop(process)


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tie_to_parent(orphaned: signal.Signals) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, orphaned)


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
