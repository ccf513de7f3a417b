"""The verb examine: has a model answer the problems posed, in batches mapped over the Dask workers, until all are graded."""

from collections import Counter
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from steppingstone.batches import Batch
from steppingstone.dispatch import Dispatch, Sweep
from steppingstone.drafts import count_rows, iterate
from steppingstone.errors import CapReached
from steppingstone.evaluation.answering import Answered, answer_batch
from steppingstone.settings import Settings
from tasks.choose import chosen, chosen_for
from tasks.drive import BATCHES, Shown, clear, drive, gather, reporting, state_of
from tasks.generate import ENDED
from tasks.progress import ProblemProgress, tell

PROBLEMS_A_SLOT = 2
"""Problems in progress for each request in flight: while some wait for the sandbox others fill the slots."""
MOST_PROBLEMS = 100
"""Of a batch, which holds them in memory: one of LiveCodeBench may have many megabytes of tests."""


def examine(draft: str, settings: Settings) -> None:
    """Fills the draft's table of evaluated problems: all that were posed.

    Raises if a batch failed for good, and `CapReached` if a cap ended the run before it was through.
    """
    run = Path(draft).parent
    counts = Counter(row["benchmark"] for row in iterate(chosen(run), "posed", ["benchmark"]))
    slots = settings.generation.requests_in_flight
    plan = Sweep(counts.total(), PROBLEMS_A_SLOT * slots, MOST_PROBLEMS, settings.caps, at_once=1)
    progress = Examination(plan, settings, counts)
    driven = drive(examine_problems, progress, run, settings)
    tell(f"{driven.asked} completions were asked for, {driven.reused} came from the journal")
    gather(draft, ("evaluated",), driven)
    if left := counts.total() - count_rows(draft, "evaluated"):
        raise CapReached(
            f"{ENDED[plan.budget.reached()]} before {left:,} of {counts.total():,} problems were answered, and a part tells no "
            "pass@k: raise it by `caps`, and give the same command again"
        )
    clear(run, settings.data_root)
    if faults := progress.faults():
        tell(f"{len(faults):,} problems could not be asked, and are left out (one of them: {faults[0]})")


@task(
    name="examine",
    task_run_name="examine {batch.name}",
    description=f"A batch of posed problems: the model answers them, and the sandbox grades what it says. {BATCHES}",
    tags=["models"],
    persist_result=False,
    cache_policy=NO_CACHE,
)
def examine_problems(batch: Batch[int], folder: str, settings: Settings, run_id: str, requests: int) -> Shown:
    """One batch on one worker. Problems are reported to whoever listens on the cluster, as they are graded."""
    with reporting(batch, settings, run_id) as reporter:
        return state_of(answer_batch(batch, settings, chosen_for(folder), folder, run_id, requests, reporter))


class Examination(ProblemProgress):
    """How far an evaluation is: the problems of each benchmark, and the share of their samples that is solved."""

    title = "evaluation"

    def __init__(self, plan: Dispatch[int], settings: Settings, counts: Counter[str]) -> None:
        super().__init__(plan, settings)
        self._wanted = counts

    def add(self, event: dict[str, Any]) -> None:
        """Takes note of a problem. What is reported again, of a batch that was run twice, takes the place of the first."""
        self._known[event["number"]] = Answered(**event)

    def rows(self) -> list[dict[str, object]]:
        """One row a benchmark."""
        return [self._row(name) for name in self._wanted]

    def _row(self, name: str) -> dict[str, object]:
        done = [each for each in self._known.values() if each.benchmark == name]
        graded, solved = sum(each.graded for each in done), sum(each.solved for each in done)
        return {
            "benchmark": name,
            "answered": f"{len(done)} of {self._wanted[name]}",
            "samples": graded,
            "solved": f"{solved / graded:.3f}" if graded else "",
        }
