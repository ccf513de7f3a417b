"""What `make up` starts on one machine beside Prefect's server and the models: Dask, a Prefect worker, the reports."""

import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import State, StateType
from prefect.states import Cancelled

from infra.deploy import POOL
from infra.processes import free_port, server_process
from infra.services import BATCHES_A_WORKER, answers, environment

DASHBOARD = 8787
AGAIN = "Start it again: it goes on from what the models have said."
STOPPED = Cancelled(name="Stopped", message=f"`make down` stopped it. {AGAIN}")


def is_free(port: int) -> bool:
    """Whether a server could listen on a loopback port."""
    with socket.socket() as probe:
        # As servers do: a connection that was closed a minute ago holds no port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextlib.contextmanager
def scheduler_served(logs: Path) -> Iterator[tuple[str, str]]:
    """Starts a Dask scheduler; yields its address and that of its dashboard."""
    port, page = free_port(), DASHBOARD if is_free(DASHBOARD) else free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--dashboard-address", f"127.0.0.1:{page}"]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options]
    dashboard = f"http://127.0.0.1:{page}"
    log, ready = logs / "dask-scheduler.log", lambda: answers(f"{dashboard}/health")
    with server_process("Dask's scheduler", command, environment(), log, ready, restarted=True):
        yield f"tcp://127.0.0.1:{port}", dashboard


@contextlib.contextmanager
def workers_served(data_root: Path, scheduler: str, dashboard: str) -> Iterator[None]:
    """Starts Dask's workers, a process for each core."""
    count = os.cpu_count() or 1
    options = ["--nworkers", str(count), "--nthreads", str(BATCHES_A_WORKER), "--no-dashboard"]
    options += ["--local-directory", str(data_root / "dask")]
    command = [sys.executable, "-m", "distributed.cli.dask_worker", scheduler, *options]
    log, counts = data_root / "logs" / "dask-workers.log", f"{dashboard}/json/counts.json"
    with server_process(
        "Dask's workers", command, environment(), log, lambda: _told(counts, "workers") == count, restarted=True
    ):
        yield


@contextlib.contextmanager
def reports_served(data_root: Path, port: int) -> Iterator[str]:
    """Serves the published versions' folders for reading, on loopback; yields their address."""
    versions, url = data_root / "versions", f"http://127.0.0.1:{port}"
    versions.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(versions), str(port)]
    log = data_root / "logs" / "reports.log"
    with server_process("the reports' server", command, environment(), log, lambda: answers(url), restarted=True):
        yield url


@contextlib.contextmanager
def runs_served(logs: Path, env: Mapping[str, str]) -> Iterator[None]:
    """Starts a Prefect worker, which runs the deployments' flows, each in a process with this environment."""
    options = ["--pool", POOL, "--type", "process", "--name", socket.gethostname()]
    command = [sys.executable, "-m", "prefect", "worker", "start", *options]
    pool = f"{env['PREFECT_API_URL']}/work_pools/{POOL}"
    log = logs / "worker.log"
    with server_process("Prefect's worker", command, env, log, lambda: _told(pool, "status") == "READY", restarted=True):
        yield


def close_runs(env: Mapping[str, str], state: State[None]) -> None:
    """Gives a state to all runs that have begun, by their records, once nothing runs any more.

    A run whose process is ended reports nothing: it would stay RUNNING, and hold its place.
    """
    begun = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
    filters = {
        "flow_run_filter": FlowRunFilter(state=FlowRunFilterState(type=begun)),
        "work_pool_filter": WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
    }
    with SyncPrefectClient(env["PREFECT_API_URL"]) as client:
        for run in client.read_flow_runs(**filters):
            client.set_flow_run_state(run.id, state)


def _told(url: str, name: str) -> object:
    with contextlib.suppress(OSError, ValueError), urlopen(url, timeout=5) as reply:
        return json.load(reply).get(name)
    return None
