"""A place where runs go on: Prefect's server and a worker of it, Dask, and models that can be made to wait."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from distributed import Client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import ConcurrencyOptions, State, StateType
from prefect.states import Cancelling

from tests.chaos.harness import ROOT, Service, environment
from tests.faults.holding import Holding

PATIENCE_S = 120
POOL = "faults"


def wait_until(holds: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
    """Raises `AssertionError` if it takes longer."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


class Site:
    """The services, and what is asked of them."""

    def __init__(self, services: dict[str, Service], models: Holding, folder: Path) -> None:
        self.services, self.models = services, models
        self.env = environment(services)
        self.prefect = SyncPrefectClient(self.env["PREFECT_API_URL"])
        self.worker = self._worker(folder)

    def options(self) -> list[str]:
        """By which a command uses the models of this site."""
        return ["--teacher.base_urls", self.models.url, "--student.base_urls", self.models.url]

    def deploy(self, name: str, settings: dict[str, object]) -> UUID:
        """A deployment of the nightly flow, of which one run is let in at a time."""
        self.prefect.create_work_pool(WorkPoolCreate(name=POOL, type="process"), overwrite=True)
        models = {"base_urls": [self.models.url]}
        return self.prefect.create_deployment(
            self.prefect.create_flow_from_name("nightly"),
            name,
            entrypoint="flows/nightly.py:nightly",
            path=str(ROOT),
            work_pool_name=POOL,
            parameters={"settings": settings | {"teacher": models, "student": models}},
            concurrency_limit=1,
            concurrency_options=ConcurrencyOptions(collision_strategy="CANCEL_NEW"),
        )

    def begin(self, deployment: UUID) -> UUID:
        """A run of a deployment."""
        return self.prefect.create_flow_run_from_deployment(deployment).id

    def state(self, run: UUID) -> State:
        state = self.prefect.read_flow_run(run).state
        assert state is not None
        return state

    def running(self) -> UUID:
        """The one run that is under way."""
        chosen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING])))
        (run,) = self.prefect.read_flow_runs(flow_run_filter=chosen)
        return run.id

    def stop(self, run: UUID) -> None:
        """What the UI's button does."""
        self.prefect.set_flow_run_state(run, Cancelling())

    def idle(self) -> bool:
        """Whether no batch runs on Dask's workers."""
        with Client(self.env["DASK_SCHEDULER"]) as client:
            return not any(client.processing().values())

    def close(self) -> None:
        self.models.answers = float("inf")
        self.worker.kill()

    def _worker(self, folder: Path) -> Service:
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
        env = self.env | {"PREFECT_WORKER_QUERY_SECONDS": "1"}
        return Service("worker", command, env, folder / "prefect-worker.log")
