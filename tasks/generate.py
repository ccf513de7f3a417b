"""Runs the chains of all seeds in all environments, in batches mapped over the Dask workers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import distributed
from prefect import task, unmapped
from prefect.context import FlowRunContext
from prefect.futures import wait
from prefect_dask import DaskTaskRunner

from steppingstone.drafts import merge, read_table
from steppingstone.errors import InfrastructureError
from steppingstone.generation import BatchDone, Job, RoundDone, run_batch
from steppingstone.records import Seed
from steppingstone.settings import Settings
from tasks.progress import TOPIC, Watch, tell

REFRESH_S = 3
CHAINS_A_BATCH = 8
RETRIED = (InfrastructureError, OSError)


def generate(draft: str, settings: Settings) -> str:
    """Fills the draft's problems, attempts and rejections. Raises if a batch failed for good; its journal stays."""
    jobs = [Job(seed, name) for seed in _seeds(draft) for name in settings.environments]
    batches = list(_cut(jobs, CHAINS_A_BATCH))
    at_once = min(len(batches), max(1, sum(_client().nthreads().values())))
    requests = max(1, settings.generation.requests_in_flight // at_once)
    run = Path(draft).parent
    folders = [str(run / "batches" / f"{number:05}") for number in range(len(batches))]
    watch = Watch(_client(), run.name, len(jobs), settings)
    with watch.shown():
        futures = generate_batch.map(batches, folders, settings=unmapped(settings), run_id=run.name, requests=requests)
        while wait(futures, timeout=REFRESH_S).not_done:
            watch.refresh()
    done: list[BatchDone] = [future.result() for future in futures]
    asked, reused = sum(batch.asked for batch in done), sum(batch.reused for batch in done)
    tell(f"{asked} completions were asked for, {reused} came from the journal")
    for table in ("problems", "attempts", "rejections"):
        merge(draft, table, [batch.folder for batch in done])
    return draft


@task(
    name="generate batch",
    description="A batch of chains through its rounds: the teacher proposes, the sandbox validates, the student attempts",
    tags=["models"],
    retries=2,
    retry_delay_seconds=[5, 60],
    retry_condition_fn=lambda _, __, state: isinstance(state.result(raise_on_failure=False), RETRIED),
)
def generate_batch(jobs: list[Job], folder: str, settings: Settings, run_id: str, requests: int) -> BatchDone:
    """One batch on one worker. Rounds are reported to whoever listens on the cluster, as they end."""
    worker = distributed.get_worker()
    return run_batch(jobs, settings, run_id, folder, requests, lambda done: _report(worker, run_id, done))


def _report(worker: distributed.Worker, run_id: str, done: RoundDone) -> None:
    # As JSON: Dask's events carry plain types alone, no enums.
    worker.log_event(TOPIC.format(run_id=run_id), json.dumps(asdict(done)))


def _seeds(draft: str) -> Iterator[Seed]:
    columns = ["seed_id", "kind", "text", "origin", "license"]
    for row in read_table(draft, "seeds").select(columns).to_pylist():
        yield Seed(**row)


def _cut(jobs: Sequence[Job], size: int) -> Iterator[list[Job]]:
    for start in range(0, len(jobs), size):
        yield list(jobs[start : start + size])


def _client() -> distributed.Client:
    context = FlowRunContext.get()
    assert context is not None, "generate() is called in a flow"
    assert isinstance(context.task_runner, DaskTaskRunner), "the flow's task runner is Dask's"
    return context.task_runner.client
