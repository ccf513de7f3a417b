"""The three things a run needs and starts itself where none is given: a Prefect server, a Dask cluster, the offline models."""

import contextlib
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from prefect.settings import PREFECT_API_URL
from prefect_dask import DaskTaskRunner

from infra.prefect_folder import end_what_was_left, own_folder
from infra.processes import free_port, server_process
from steppingstone.errors import BadInput
from steppingstone.settings import Settings

BATCHES_A_WORKER = 4
ROOT = Path(__file__).resolve().parent.parent


def dask_runner() -> DaskTaskRunner:
    """Tasks go to the scheduler that $DASK_SCHEDULER names, or to a local cluster of one process a core.

    A thread holds one batch. A process with several always has chains to go on with while one batch waits for its last.
    """
    if address := os.environ.get("DASK_SCHEDULER"):
        return DaskTaskRunner(address=address)
    workers = {"n_workers": os.cpu_count() or 1, "threads_per_worker": BATCHES_A_WORKER, "dashboard_address": "127.0.0.1:0"}
    return DaskTaskRunner(cluster_class="distributed.LocalCluster", cluster_kwargs=workers)


def check_services() -> None:
    """Raises `BadInput` if a Prefect server or a Dask scheduler is named that does not answer."""
    if (url := PREFECT_API_URL.value()) and not _answers(f"{url.rstrip('/')}/health"):
        raise BadInput(f"PREFECT_API_URL is {url}, where no Prefect server answers; start it, or unset the variable")
    if address := os.environ.get("DASK_SCHEDULER"):
        place = urlsplit(address if "://" in address else f"tcp://{address}")
        try:
            socket.create_connection((place.hostname or "", place.port or 8786), timeout=5).close()
        except OSError as error:
            raise BadInput(
                f"DASK_SCHEDULER is {address}, where no scheduler answers ({error}); start it, or unset the variable"
            ) from error


@contextlib.contextmanager
def prefect_served(data_root: Path) -> Iterator[dict[str, str]]:
    """Starts a Prefect server, its database under the data root; yields the environment of processes that are to use it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    with own_folder(data_root) as home:
        server = {
            "PREFECT_HOME": str(home),
            "PREFECT_SERVER_UI_API_URL": url,
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        }
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        env = environment() | server
        log = data_root / "logs" / f"{home.name}.log"
        with server_process("Prefect's server", command, env, log, lambda: _answers(f"{url}/health"), restarted=True):
            end_what_was_left(url)
            yield environment() | {"PREFECT_HOME": str(home), "PREFECT_API_URL": url}


@contextlib.contextmanager
def models_served(settings: Settings, models: Sequence[str] = ("teacher", "student")) -> Iterator[Settings]:
    """The settings with a server for each of the models, and folders that mean the same to each process of the run.

    The offline models are started for those that name none.
    """
    settings = settings.absolute()
    if all(getattr(settings, model).base_urls for model in models):
        yield settings
        return
    port = free_port()
    command = [sys.executable, "-m", "steppingstone.offline", "--port", str(port), "--workers", str(os.cpu_count() or 1)]
    log = Path(settings.data_root) / "logs" / "offline.log"
    ready = f"http://127.0.0.1:{port}/health"
    with server_process("the offline models' server", command, environment(), log, lambda: _answers(ready), restarted=True):
        yield settings.with_offline(f"http://127.0.0.1:{port}/v1")


def environment() -> dict[str, str]:
    """This process's environment, in which a new process finds `tasks`, `flows` and `infra` too.

    Dask's workers take no statistical profile of themselves, which nobody reads and costs some percent of their time.
    """
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    quiet = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false"}
    return quiet | {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False
