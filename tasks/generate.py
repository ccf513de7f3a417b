"""Runs chains in batches mapped over the Dask workers, until targets are met, the seeds are through, or a cap is reached."""

import contextlib
import json
import queue
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import distributed
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect_dask import DaskTaskRunner
from prefect_dask.task_runners import PrefectDaskFuture

from steppingstone.drafts import count_rows, iterate, merge
from steppingstone.duplicates import agreement, of_latest
from steppingstone.errors import InfrastructureError, SteppingstoneError, StorageError
from steppingstone.generation import Batch, BatchDone, Pulse, RoundDone, run_batch
from steppingstone.plan import Plan
from steppingstone.records import Seed
from steppingstone.rows import WRITTEN
from steppingstone.sandbox import Sandbox
from steppingstone.settings import Settings
from steppingstone.spending import Spent
from tasks.progress import TOPIC, Watch, tell

REFRESH_S = 1
ENDED = {
    "targets": "every target was met",
    "seeds": "all seeds are through",
    "tokens": "the cap of tokens was reached",
    "dollars": "the cap of dollars was reached",
    "hours": "the cap of hours was reached",
}
WORKS = (distributed.Status.running, distributed.Status.paused, distributed.Status.closing_gracefully)


@dataclass(frozen=True, slots=True)
class Generated:
    """What a generation came to. `ended_by` is targets, seeds, or the name of the cap that was reached."""

    ended_by: str
    chains: int
    asked: int
    reused: int
    spent: Spent


def generate(draft: str, settings: Settings) -> Generated:
    """Fills the draft's problems, attempts and rejections. Raises if a batch failed for good; its journal stays."""
    client, run = _client(), Path(draft).parent
    sandbox = Sandbox(1)
    plan = Plan(
        lambda: _seeds(draft),
        count_rows(draft, "seeds"),
        settings,
        at_once=1,
        agree=agreement(sandbox),
        published=lambda name: (traits for traits, _ in of_latest(settings.data_root, name)),
    )
    running = _Running(client, run, settings)
    watch = Watch(client, run.name, plan, settings)
    with contextlib.closing(sandbox), watch.shown():
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
                watch.progress.over(batch, done)
            watch.take_in()
            watch.refresh()
    if running.failures:
        raise running.failures[0]
    generated = Generated(plan.ended_by(), plan.begun, running.asked, running.reused, plan.budget.spent)
    tell(f"{generated.asked} completions were asked for, {generated.reused} came from the journal")
    _gather(draft, sorted(running.folders.values()))
    shutil.rmtree(run / "batches", ignore_errors=True)
    if not count_rows(draft, "problems"):
        tell(f"No problem came of {generated.chains} chains; {ENDED[generated.ended_by]}")
    return generated


def _gather(draft: str, folders: Sequence[str]) -> None:
    if missing := [folder for folder in folders if not Path(folder).is_dir()]:
        raise StorageError(f"{missing[0]} isn't there: data_root must be one folder for the flow and all Dask workers")
    for table in WRITTEN:
        # What was turned away when the seeds were drawn stands there already.
        merge(draft, table, [draft, *folders])


class _Running:
    """The batches that are submitted, and what became of those that are over."""

    def __init__(self, client: distributed.Client, run: Path, settings: Settings) -> None:
        self.asked = self.reused = 0
        self.folders: dict[str, str] = {}
        self.failures: list[Exception] = []
        self._client = client
        self._run = run
        self._settings = settings
        self._batches: dict[PrefectDaskFuture[BatchDone], Batch] = {}
        self._over: queue.SimpleQueue[PrefectDaskFuture[BatchDone]] = queue.SimpleQueue()

    def __len__(self) -> int:
        return len(self._batches)

    def submit(self, batch: Batch) -> None:
        """Sends a batch to the cluster."""
        folder = str(self._run / "batches" / batch.name)
        processes = max(1, len(self._client.nthreads()))
        requests = max(1, self._settings.generation.requests_in_flight // processes)
        future: Any = generate_batch.submit(batch, folder, self._settings, self._run.name, requests)
        self._batches[future] = batch
        future.add_done_callback(self._over.put)

    def finished(self, timeout_s: float) -> Iterator[tuple[Batch, BatchDone]]:
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


@task(
    name="generate batch",
    task_run_name="batch {batch.name}",
    description="A batch of chains through its rounds: the teacher proposes, the sandbox validates, the student attempts",
    tags=["models"],
    persist_result=False,
    cache_policy=NO_CACHE,
)
def generate_batch(batch: Batch, folder: str, settings: Settings, run_id: str, requests: int) -> BatchDone:
    """One batch on one worker. Rounds are reported to whoever listens on the cluster, as they end."""
    return run_batch(batch, settings, run_id, folder, requests, _Reporter(run_id))


class _Reporter:
    """Tells the cluster how a batch fares, and knows from it whether the flow still waits for the batch."""

    def __init__(self, run_id: str) -> None:
        self._topic = TOPIC.format(run_id=run_id)
        self._worker = distributed.get_worker()
        self._task = self._worker.get_current_task()

    def hear(self, event: RoundDone | Pulse) -> None:
        """Passes an event on, as JSON: Dask's events carry plain types alone, no enums."""
        self._worker.log_event(self._topic, json.dumps({"kind": type(event).__name__} | asdict(event)))

    def listens(self) -> bool:
        """False once the scheduler has let go of the task, or is gone: the flow or the scheduler has died."""
        task = self._worker.state.tasks.get(self._task)
        return task is not None and task.state == "executing" and self._worker.status in WORKS


def _seeds(draft: str) -> Iterator[Seed]:
    for row in iterate(draft, "seeds", ["seed_id", "kind", "text", "origin", "license"]):
        yield Seed(**row)


def _client() -> distributed.Client:
    context = FlowRunContext.get()
    assert context is not None, "generate() is called in a flow"
    assert isinstance(context.task_runner, DaskTaskRunner), "the flow's task runner is Dask's"
    return context.task_runner.client
