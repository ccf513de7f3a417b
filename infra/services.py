"""What a run starts itself: a Prefect server, a Dask cluster and the offline models where none is given, and what trains."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import urlopen

import distributed
from prefect.settings import PREFECT_API_URL
from prefect_dask import DaskTaskRunner

from infra.prefect_folder import end_what_was_left, own_folder
from infra.processes import free_port, logged_process, server_process
from steppingstone.errors import BadInput
from steppingstone.mirror import working_folder
from steppingstone.redaction import redacted
from steppingstone.settings import Settings, TrainSettings
from steppingstone.training.plan import FILE
from tasks.follow import LOG

BATCHES_A_WORKER = 4
ANSWER_S = 5
ROOT = Path(__file__).resolve().parent.parent
OFFLINE_URL = "STEPPINGSTONE_OFFLINE_URL"
"""Where the offline models are served already."""


def dask_runner() -> DaskTaskRunner:
    """Tasks go to the scheduler that $DASK_SCHEDULER names, or to a local cluster of one process a core.

    A thread holds one batch. A process with several always has chains to go on with while one batch waits for its last.
    """
    if address := os.environ.get("DASK_SCHEDULER"):
        return DaskTaskRunner(address=address)
    workers = {"n_workers": os.cpu_count() or 1, "threads_per_worker": BATCHES_A_WORKER, "dashboard_address": "127.0.0.1:0"}
    return DaskTaskRunner(cluster_class="distributed.LocalCluster", cluster_kwargs=workers)


def check_services() -> None:
    """Raises `BadInput` if a Prefect server or a Dask scheduler is named that does not answer, or not to each other."""
    check_prefect()
    check_dask()


def check_prefect() -> None:
    """Raises `BadInput` if a Prefect server is named that does not answer."""
    if (url := PREFECT_API_URL.value()) and not answers(f"{url.rstrip('/')}/health"):
        raise BadInput(f"PREFECT_API_URL is {redacted(url)}, where no Prefect server answers; start it, or unset the variable")


def check_dask() -> None:
    """Raises `BadInput` if a Dask scheduler is named that does not answer, or whose workers can't reach Prefect's server."""
    if _dask_is_elsewhere() and _is_here(urlsplit(PREFECT_API_URL.value() or "").hostname):
        raise BadInput(
            f"DASK_SCHEDULER is {os.environ['DASK_SCHEDULER']}, and its workers need a Prefect server that they reach: "
            "start one (`prefect server start --host 0.0.0.0`), and name it by PREFECT_API_URL"
        )
    if address := os.environ.get("DASK_SCHEDULER"):
        place = _place(address)
        try:
            socket.create_connection((place.hostname or "", place.port or 8786), timeout=ANSWER_S).close()
            # Dask's own client waits for ever for a server of something else.
            asyncio.run(asyncio.wait_for(_identity(address), ANSWER_S))
        except (OSError, ValueError) as error:
            said = str(error) or "it speaks another protocol, or is too busy"
            raise BadInput(
                f"DASK_SCHEDULER is {address}, where no scheduler answers ({said}); start it, or unset the variable"
            ) from error


async def _identity(address: str) -> object:
    async with distributed.rpc(address, connection_args=distributed.Security().get_connection_args("client")) as scheduler:
        return await scheduler.identity()


@contextlib.contextmanager
def prefect_served(data_root: Path, port: int | None = None) -> Iterator[dict[str, str]]:
    """Starts a Prefect server, its database under the data root; yields the environment of processes that are to use it."""
    port = port or free_port()
    ui = f"http://127.0.0.1:{port}"
    server = {
        "PREFECT_SERVER_UI_API_URL": f"{ui}/api",
        "PREFECT_UI_URL": ui,
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }
    # A worker asks for runs every ten seconds: a run that waits for that is not late.
    late = {"PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "120"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with own_folder(data_root) as folder:
        home = {"PREFECT_HOME": str(folder)}
        log = data_root / "logs" / f"{folder.name}.log"
        env = late | environment() | home | server
        with server_process("Prefect's server", command, env, log, lambda: answers(f"{ui}/api/health"), restarted=True):
            end_what_was_left(f"{ui}/api")
            yield environment() | home | {"PREFECT_API_URL": f"{ui}/api", "PREFECT_UI_URL": ui}


@contextlib.contextmanager
def models_served(settings: Settings, models: Sequence[str] = ("teacher", "student")) -> Iterator[Settings]:
    """The settings with a server for each of the models, and folders that mean the same to each process of the run.

    For those that name none: the offline models that $STEPPINGSTONE_OFFLINE_URL names, or else some that are started.
    """
    settings = settings.absolute()
    if all(getattr(settings, model).base_urls for model in models):
        yield settings
    elif url := os.environ.get(OFFLINE_URL):
        yield settings.with_offline(url)
    elif _dask_is_elsewhere():
        raise BadInput(
            f"DASK_SCHEDULER is {os.environ['DASK_SCHEDULER']}, whose workers do not reach the offline models that a run "
            "starts for itself: start `python -m steppingstone.offline --host 0.0.0.0 --port 8000`, and name it by "
            + " and ".join(f"{model}.base_urls" for model in models)
        )
    else:
        with offline_served(working_folder(settings.data_root)) as url:
            yield settings.with_offline(url)


@contextlib.contextmanager
def offline_served(data_root: Path) -> Iterator[str]:
    """Starts the offline models' server, and yields its address."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "steppingstone.offline", "--port", str(port), "--workers", str(os.cpu_count() or 1)]
    log, ready = data_root / "logs" / "offline.log", lambda: answers(f"{url}/health")
    with server_process("the offline models' server", command, environment(), log, ready, restarted=True):
        yield f"{url}/v1"


@contextlib.contextmanager
def trainer_started(folder: str, train: TrainSettings) -> Iterator[subprocess.Popen[bytes]]:
    """Starts what trains by the plan in a folder, in its own Python; ends it with the block."""
    command = [train.python or sys.executable, *train.launch, "-m", "steppingstone.training", str(Path(folder) / FILE)]
    with logged_process(command, environment(), Path(folder) / LOG) as process:
        yield process


@contextlib.contextmanager
def policy_served(policy: str, settings: Settings) -> Iterator[Settings]:
    """Serves a policy by the command of the settings; yields these with the policy as the student, asked as it was trained."""
    port = free_port()
    command = [word.format(model=policy, port=port) for word in settings.loop.serve]
    log, ready = Path(policy).parent / "server.log", lambda: answers(f"http://127.0.0.1:{port}/health")
    with server_process("the policy's server", command, environment(), log, ready, settings.loop.start_s):
        asked = {"max_tokens": settings.train.max_tokens, "reasoning_effort": None}
        student = {"base_urls": (f"http://127.0.0.1:{port}/v1",), "model": policy} | asked
        yield settings.model_copy(update={"student": settings.student.model_copy(update=student)})


def environment() -> dict[str, str]:
    """This process's environment, in which a new process finds `tasks`, `flows` and `infra` too, and Dask's settings.

    Nothing is sent home.
    """
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    ours = {
        "DASK_CONFIG": str(ROOT / "infra" / "dask.yaml"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    return ours | {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _dask_is_elsewhere() -> bool:
    """Whether the workers may be on other machines."""
    address = os.environ.get("DASK_SCHEDULER", "")
    return bool(address) and not _is_here(_place(address).hostname)


def _place(address: str) -> SplitResult:
    return urlsplit(address if "://" in address else f"tcp://{address}")


def _is_here(host: str | None) -> bool:
    return host in (None, "localhost", "127.0.0.1", "::1")


def answers(url: str) -> bool:
    """Whether a GET is answered with status 200."""
    try:
        with urlopen(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False
