"""Has a student attempt the chosen problems, in batches mapped over the Dask workers, until all are or a cap is reached."""

from collections import Counter
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from steppingstone.batches import Batch
from steppingstone.dispatch import Dispatch, Sweep
from steppingstone.drafts import count_rows
from steppingstone.records import Tier
from steppingstone.regrading import Attempted, attempt_batch
from steppingstone.settings import Settings
from tasks.choose import chosen_by_environment, chosen_for
from tasks.drive import BATCHES, Shown, clear, drive, gather, reporting, state_of
from tasks.generate import ENDED
from tasks.progress import ProblemProgress, tell

PROBLEMS_A_SLOT = 8
"""Problems in progress for each request in flight: while some wait for the sandbox others fill the slots."""
MOST_PROBLEMS = 1_000
"""Of a batch, which holds them in memory."""
SHOWN = (Tier.UNSOLVED, Tier.HARD, Tier.MEDIUM, Tier.EASY, Tier.TRIVIAL)


def attempt(draft: str, settings: Settings) -> None:
    """Fills the draft's problems and attempts: those that were graded again. Raises if a batch failed for good."""
    run = Path(draft).parent
    counts, slots = chosen_by_environment(run, "problems", settings.regrade), settings.generation.requests_in_flight
    plan = Sweep(sum(counts.values()), PROBLEMS_A_SLOT * slots, MOST_PROBLEMS, settings.caps, at_once=1)
    progress = Regrade(plan, settings, counts)
    driven = drive(attempt_problems, progress, run, settings)
    tell(f"{driven.asked} completions were asked for, {driven.reused} came from the journal")
    gather(draft, ("problems", "attempts"), driven)
    clear(run, settings.data_root)
    tell(progress.outcome(count_rows(draft, "problems")))


@task(
    name="attempt",
    task_run_name="attempt {batch.name}",
    description=f"A batch of published problems: the student attempts them, and the sandbox grades what it says. {BATCHES}",
    tags=["models"],
    persist_result=False,
    cache_policy=NO_CACHE,
)
def attempt_problems(batch: Batch[int], folder: str, settings: Settings, run_id: str, requests: int) -> Shown:
    """One batch on one worker. Problems are reported to whoever listens on the cluster, as they are graded."""
    with reporting(batch, settings, run_id) as reporter:
        return state_of(attempt_batch(batch, settings, chosen_for(folder), folder, requests, reporter))


class Regrade(ProblemProgress):
    """How far a regrade is: the problems by their new tiers, of so many in each environment."""

    title = "regrade"

    def __init__(self, plan: Dispatch[int], settings: Settings, counts: dict[str, int]) -> None:
        super().__init__(plan, settings)
        self._wanted = counts
        self._tiers: Counter[tuple[str, str]] = Counter()

    def add(self, event: dict[str, Any]) -> None:
        """Takes note of a problem. What is reported again, of a batch that was run twice, takes the place of the first."""
        done = Attempted(**event)
        if before := self._known.get(done.number):
            self._tiers[before.environment, before.tier] -= 1
        self._known[done.number] = done
        self._tiers[done.environment, done.tier] += 1

    def rows(self) -> list[dict[str, object]]:
        """One row an environment: problems by their new tier, and those that could not be graded."""
        return [self._row(name) for name in self._wanted]

    def outcome(self, graded: int) -> str:
        """What became of all problems, of which so many have new attempts."""
        faults = self.faults()
        left = self.plan.most_jobs - graded - len(faults)
        told = [f"{graded:,} of {self.plan.most_jobs:,} problems have new attempts"]
        if left:
            told.append(f"{left:,} were not attempted, as {ENDED[self.plan.budget.reached()]}, and keep their p")
        if faults:
            told.append(f"{len(faults):,} could not be graded, and keep their p (one of them: {faults[0]})")
        return "; ".join(told)

    def _row(self, name: str) -> dict[str, object]:
        done = sum(count for (environment, _), count in self._tiers.items() if environment == name)
        tiers = {str(tier): self._tiers[name, tier] for tier in SHOWN}
        return {
            "environment": name,
            "attempted": f"{done} of {self._wanted[name]}",
            **tiers,
            "not graded": self._tiers[name, ""],
        }
