"""Drives a run's batches over the Dask workers until its plan ends, and shows how far they are."""

import contextlib
import json
import queue
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import distributed
from prefect import Task
from prefect.context import FlowRunContext
from prefect_dask import DaskTaskRunner
from prefect_dask.task_runners import PrefectDaskFuture

from steppingstone import counts
from steppingstone.batches import Batch, BatchDone
from steppingstone.drafts import merge
from steppingstone.errors import InfrastructureError, SteppingstoneError, StorageError
from steppingstone.logs import about
from steppingstone.settings import Settings
from tasks.observe import observe
from tasks.progress import TOPIC, Progress, Watch, tell

REFRESH_S = 1
WORKS = (distributed.Status.running, distributed.Status.paused, distributed.Status.closing_gracefully)

BatchTask = Task[[Batch[Any], str, Settings, str, int], BatchDone]
"""Runs a batch on a worker: the batch, where its tables go, the settings, the run, and the requests it may have in flight."""


@dataclass(frozen=True, slots=True)
class Driven:
    """How many completions all batches asked for or found in the journal, and where their tables are, in their order."""

    asked: int
    reused: int
    folders: tuple[str, ...]


def drive(work: BatchTask, progress: Progress, run: Path, settings: Settings) -> Driven:
    """Submits the plan's batches to the cluster until none is left. Raises if one failed for good; its journal stays."""
    client, plan = _client(), progress.plan
    running = _Running(work, client, run, settings)
    watch = Watch(client, run.name, progress, settings.data_root)
    with watch.shown():
        while True:
            plan.at_once = max(1, sum(client.nthreads().values()))
            # One more than can run, so that a worker that is through with one finds the next.
            while len(running) <= plan.at_once and not running.failures and (batch := plan.next_batch()):
                running.submit(batch)
            if not len(running):
                break
            for batch, done in running.finished(REFRESH_S):
                watch.take_in()
                if failure := plan.over(batch, done):
                    running.failures.append(InfrastructureError(failure))
                elif done.failure:
                    tell(f"batch {batch.name} failed, and is run again unless a cap is reached: {done.failure}")
                progress.over(batch, done)
            watch.take_in()
            watch.refresh()
    if running.failures:
        raise running.failures[0]
    return Driven(running.asked, running.reused, tuple(sorted(running.folders.values())))


def gather(folder: str, tables: tuple[str, ...], driven: Driven) -> None:
    """Adds the tables of all batches, one after the other, to what the folder holds already."""
    if missing := [folder for folder in driven.folders if not Path(folder).is_dir()]:
        raise StorageError(f"{missing[0]} isn't there: data_root must be one folder for the flow and all Dask workers")
    for table in tables:
        merge(folder, table, [folder, *driven.folders])


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
        folder = str(self._run / "batches" / batch.name)
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
                    done = future.result()
                except SteppingstoneError as error:
                    self.failures.append(error)
                except Exception as error:
                    self.failures.append(InfrastructureError(f"batch {batch.name}: {type(error).__name__}: {error}"))
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
