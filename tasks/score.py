"""Scores the chosen attempts by the present graders, in batches mapped over the Dask workers. No model is called."""

from collections import Counter
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from steppingstone.batches import Batch
from steppingstone.dispatch import Dispatch, Sweep
from steppingstone.drafts import count_rows
from steppingstone.rescoring import Scored, score_batch
from steppingstone.settings import CapSettings, Settings
from tasks.choose import chosen, chosen_by_environment, chosen_for
from tasks.drive import BATCHES, Shown, clear, drive, gather, reporting, state_of
from tasks.progress import Progress, tell

ATTEMPTS_A_BATCH = 4_096


def score(draft: str, settings: Settings) -> None:
    """Fills the draft's attempts with those whose verdict is another now. Raises if a batch failed for good."""
    run = Path(draft).parent
    rows = count_rows(chosen(run), "attempts")
    progress = Reverify(Sweep(rows, rows, ATTEMPTS_A_BATCH, CapSettings(), at_once=1), settings, run)
    gather(draft, ("attempts",), drive(score_attempts, progress, run, settings))
    clear(run, settings.data_root)
    tell(progress.outcome())


@task(
    name="score",
    task_run_name="score {batch.name}",
    description="A batch of stored attempts: the sandbox grades them again, and those with another verdict are written. "
    + BATCHES,
    tags=["sandbox"],
    persist_result=False,
    cache_policy=NO_CACHE,
)
def score_attempts(batch: Batch[int], folder: str, settings: Settings, run_id: str, requests: int) -> Shown:
    """One batch on one worker, which makes no requests. Attempts are reported as they are scored."""
    with reporting(batch, settings, run_id) as reporter:
        return state_of(score_batch(batch, settings, chosen_for(folder), folder, reporter))


class Reverify(Progress):
    """How far a reverification is: the attempts that were scored, and how many of them have another reward now."""

    title, unit = "reverify", "attempts"

    def __init__(self, plan: Dispatch[int], settings: Settings, run: Path) -> None:
        super().__init__(plan, settings)
        self._wanted = chosen_by_environment(run, "attempts", settings.regrade)
        self._known: dict[int, Scored] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, event: dict[str, Any]) -> None:
        """Takes note of attempts. What is reported again, of a batch that was run twice, takes the place of the first."""
        done = Scored(**event)
        if before := self._known.get(done.number):
            self._counts.subtract(_counts(before))
        self._known[done.number] = done
        self._counts.update(_counts(done))

    def share(self) -> float:
        """By the attempts."""
        return sum(self._counts[name, "attempts"] for name in self._wanted) / max(1, sum(self._wanted.values()))

    def figures(self) -> dict[str, str]:
        """No model is called: there is but the time to tell."""
        return {"time": self.time()}

    def rows(self) -> list[dict[str, object]]:
        """One row an environment: attempts that were scored, and those with another reward or verdict."""
        return [
            {
                "environment": name,
                "scored": f"{self._counts[name, 'attempts']} of {wanted}",
                **{column: self._counts[name, column] for column in ("other reward", "other verdict", "not scored")},
            }
            for name, wanted in self._wanted.items()
        ]

    def outcome(self) -> str:
        """What became of all attempts."""
        totals = Counter[str]()
        for (_, column), count in self._counts.items():
            totals[column] += count
        told = [
            f"{totals['attempts']:,} attempts were scored again: {totals['other reward']:,} have another reward, and "
            f"{totals['other verdict'] - totals['other reward']:,} more another verdict of the same reward"
        ]
        if totals["not scored"]:
            fault = next(each.fault for each in self._known.values() if each.fault)
            told.append(f"{totals['not scored']:,} of them could not be scored, and stay as they are (one of them: {fault})")
        return "; ".join(told)


def _counts(done: Scored) -> dict[tuple[str, str], int]:
    told = {"attempts": done.attempts, "other reward": done.rewards, "other verdict": done.verdicts}
    return {(done.environment, name): count for name, count in told.items()} | {
        (done.environment, "not scored"): done.attempts if done.fault else 0
    }
