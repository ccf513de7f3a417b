"""Drives a run's batches over the Dask workers until its plan ends, and shows how far they are."""

import contextlib
import json
import queue
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import distributed
from prefect import Task
from prefect.context import FlowRunContext
from prefect.states import Failed, State
from prefect_dask import DaskTaskRunner
from prefect_dask.task_runners import PrefectDaskFuture

from steppingstone import counts
from steppingstone.batches import Batch, BatchDone
from steppingstone.drafts import merge
from steppingstone.errors import InfrastructureError, SteppingstoneError, StorageError
from steppingstone.logs import about
from steppingstone.mirror import address_of
from steppingstone.settings import Settings
from steppingstone.storage import Store, is_address
from tasks.observe import observe
from tasks.progress import TOPIC, Progress, Watch, tell

BATCHES = (
    "No retry and no timeout of Prefect's: the run's plan gives a failed batch once more, under its caps, and what a batch "
    "waits for has a time of its own (timeout_s, patience_s, sandbox.seconds)."
)
REFRESH_S = 1
WORKS = (distributed.Status.running, distributed.Status.paused, distributed.Status.closing_gracefully)

WORKERLESS_S = 900
"""How long a cluster may have no worker. One that grows as it is needed can take minutes to its first."""

Shown = BatchDone | State[BatchDone]
"""What became of a batch, as it is or as a state that Prefect shows."""
BatchTask = Task[[Batch[Any], str, Settings, str, int], Shown]
"""Runs a batch on a worker: the batch, where its tables go, the settings, the run, and the requests it may have in flight."""


@dataclass(frozen=True, slots=True)
class Driven:
    """How many completions all batches asked for or found in the journal, and where their tables are, in their order."""

    asked: int
    reused: int
    folders: tuple[str, ...]


def drive(work: BatchTask, progress: Progress, run: Path, settings: Settings) -> Driven:
    """Submits the plan's batches to the cluster until none is left.

    Raises if one failed for good, or if no worker is there to run any; what the models said is in the journal.
    """
    client, plan = _client(), progress.plan
    running = _Running(work, client, run, _for_workers(settings, run))
    watch = Watch(client, run.name, progress, settings.data_root)
    crew = Crew(client)
    with watch.shown():
        while True:
            plan.at_once = max(1, crew.threads())
            # One more than can run, so that a worker that is through with one finds the next.
            while len(running) <= plan.at_once and not running.failures and (batch := plan.next_batch()):
                running.submit(batch)
            if not len(running):
                break
            for batch, done in running.finished(REFRESH_S):
                watch.take_in()
                if failure := plan.over(batch, done):
                    running.failures.append(InfrastructureError(f"batch {batch.name} failed again: {failure}"))
                elif done.failure:
                    tell(f"batch {batch.name} failed, and is run again unless a cap is reached: {done.failure}")
                progress.over(batch, done)
            watch.take_in()
            watch.refresh()
    if running.failures:
        raise running.failures[0]
    return Driven(running.asked, running.reused, tuple(sorted(running.folders.values())))


def gather(draft: str, tables: tuple[str, ...], driven: Driven) -> None:
    """Adds the tables of all batches, one after the other, to what the draft holds already."""
    folders = [_fetched(folder, Path(draft).parent) for folder in driven.folders]
    if missing := [folder for folder in folders if not folder.is_dir()]:
        raise StorageError(
            f"{missing[0]} isn't there: data_root must be one folder for the flow and all Dask workers, or an s3:// address"
        )
    for table in tables:
        merge(draft, table, [draft, *folders])


def clear(run: Path, data_root: str) -> None:
    """Removes what a run's batches were given and what they made."""
    for name in ("batches", "chosen"):
        shutil.rmtree(run / name, ignore_errors=True)
    if is_address(data_root):
        # What stays there is in nobody's way.
        with contextlib.suppress(StorageError):
            Store(address_of(run, data_root)).remove("")


def _fetched(folder: str, run: Path) -> Path:
    """A batch's folder on this machine."""
    if not is_address(folder):
        return Path(folder)
    here = run / "batches" / folder.rpartition("/")[2]
    Store(folder).download_all("", here)
    return here


def _for_workers(settings: Settings, run: Path) -> Settings:
    """The settings by which workers find what they need of the user's files."""
    if settings.prompts is None or is_address(settings.prompts) or not is_address(settings.data_root):
        return settings
    prompts = f"{address_of(run, settings.data_root)}/prompts"
    Store(prompts).upload(Path(settings.prompts), names=[path.name for path in Path(settings.prompts).glob("*.md")])
    return settings.model_copy(update={"prompts": prompts})


def state_of(done: BatchDone) -> Shown:
    """What Prefect is to show of a batch: one that failed is red and says why, though what it spent is told as of any other."""
    if not done.failure:
        return done
    return Failed(message=f"{done.failure}\nThe run tries a failed batch once more, and then stops", data=done)


class Crew:
    """The cluster's workers. They may all be gone for a while, though not for longer than `patience_s`."""

    def __init__(self, client: distributed.Client, patience_s: float = WORKERLESS_S) -> None:
        self._client = client
        self._patience_s = patience_s
        self._seen = time.monotonic()

    def threads(self) -> int:
        """How many batches they can hold at once. Raises `InfrastructureError` if there was no worker for too long."""
        threads, now = sum(self._client.nthreads().values()), time.monotonic()
        if threads:
            self._seen = now
        elif now - self._seen > self._patience_s:
            address = self._client.scheduler_info()["address"]
            raise InfrastructureError(f"no worker was connected to Dask's scheduler {address} for {self._patience_s:g} s")
        return threads


class _Running:
    """The batches that are submitted, and what became of those that are over."""

    def __init__(self, work: BatchTask, client: distributed.Client, run: Path, settings: Settings) -> None:
        self.asked = self.reused = 0
        self.folders: dict[str, str] = {}
        self.failures: list[Exception] = []
        self._work = work
        self._client = client
        self._run = run
        self._settings = settings
        self._batches: dict[PrefectDaskFuture[BatchDone], Batch[Any]] = {}
        self._over: queue.SimpleQueue[PrefectDaskFuture[BatchDone]] = queue.SimpleQueue()

    def __len__(self) -> int:
        return len(self._batches)

    def submit(self, batch: Batch[Any]) -> None:
        """Sends a batch to the cluster."""
        folder = f"{address_of(self._run, self._settings.data_root)}/batches/{batch.name}"
        processes = max(1, len(self._client.nthreads()))
        requests = max(1, self._settings.generation.requests_in_flight // processes)
        future: Any = self._work.submit(batch, folder, self._settings, self._run.name, requests)
        self._batches[future] = batch
        future.add_done_callback(self._over.put)

    def finished(self, timeout_s: float) -> Iterator[tuple[Batch[Any], BatchDone]]:
        """The batches that are over by now; waits for the first, but not longer than the time given."""
        with contextlib.suppress(queue.Empty):
            future = self._over.get(timeout=timeout_s)
            while True:
                batch = self._batches.pop(future)
                try:
                    done: Any = future.result(raise_on_failure=False)
                except Exception as error:
                    done = error
                if isinstance(done, SteppingstoneError):
                    self.failures.append(done)
                elif isinstance(done, Exception):
                    self.failures.append(InfrastructureError(f"batch {batch.name}: {type(done).__name__}: {done}"))
                else:
                    self.asked += done.asked
                    self.reused += done.reused
                    if not done.failure:
                        self.folders[batch.name] = done.folder
                    yield batch, done
                future = self._over.get_nowait()


@contextlib.contextmanager
def reporting(batch: Batch[Any], settings: Settings, run_id: str) -> Iterator["Reporter"]:
    """What a worker logs and counts in this block is about the run and the batch, of which the reporter tells the cluster."""
    observe(settings.data_root, "worker")
    with about(run=run_id, batch=batch.name):
        counts.begin()
        yield Reporter(run_id)


class Reporter:
    """Tells the cluster how a batch fares, and knows from it whether the flow still waits for the batch."""

    def __init__(self, run_id: str) -> None:
        self._topic = TOPIC.format(run_id=run_id)
        self._worker = distributed.get_worker()
        self._task = self._worker.get_current_task()

    def hear(self, event: Any) -> None:
        """Passes an event on, as JSON: Dask's events carry plain types alone, no enums."""
        self._worker.log_event(self._topic, json.dumps({"kind": type(event).__name__} | asdict(event)))

    def listens(self) -> bool:
        """False once the scheduler has let go of the task, or is gone: the flow or the scheduler has died."""
        task = self._worker.state.tasks.get(self._task)
        return task is not None and task.state == "executing" and self._worker.status in WORKS


def _client() -> distributed.Client:
    context = FlowRunContext.get()
    assert context is not None, "drive() is called in a flow"
    assert isinstance(context.task_runner, DaskTaskRunner), "the flow's task runner is Dask's"
    return context.task_runner.client
