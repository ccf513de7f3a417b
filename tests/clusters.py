"""A Dask cluster of separate processes, each with a checkout of its own, for tests."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import distributed

from infra.processes import free_port, server_process

ROOT = Path(__file__).parent.parent


@contextmanager
def scheduler(logs: Path) -> Iterator[str]:
    """The address of a scheduler of this checkout, with no worker."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options]
    with server_process("the scheduler", command, environment(ROOT), logs / "scheduler.log", lambda: listens(port)):
        yield f"tcp://127.0.0.1:{port}"


def environment(checkout: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(checkout), "PYTHONSAFEPATH": "1"}


def listens(port: int) -> bool:
    try:
        distributed.Client(f"tcp://127.0.0.1:{port}", timeout=1, set_as_default=False).close()
    except OSError:
        return False
    return True


@contextmanager
def workers(cluster: str, logs: Path, **checkouts: Path) -> Iterator[distributed.Client]:
    """A client of the cluster while it has one worker for each of the checkouts."""
    client = distributed.Client(cluster, set_as_default=False)
    with client, ExitStack() as stack:
        for name, checkout in checkouts.items():
            options = ["--no-nanny", "--no-dashboard", "--nthreads", "1", "--name", name, "--local-directory", str(logs)]
            command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster, *options]
            stack.enter_context(server_process(name, command, environment(checkout), logs / f"{name}.log", lambda: True))
        client.wait_for_workers(len(checkouts), timeout=60)
        yield client
    deadline = time.monotonic() + 60
    with distributed.Client(cluster, set_as_default=False) as left:
        while left.nthreads():
            assert time.monotonic() < deadline
            time.sleep(0.05)
