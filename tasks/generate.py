"""Runs chains in batches mapped over the Dask workers, until targets are met, the seeds are through, or a cap is reached."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from steppingstone import counts
from steppingstone.batches import Batch
from steppingstone.contamination import EvaluationIndex, read_evaluation
from steppingstone.drafts import count_rows, iterate
from steppingstone.duplicates import Traits, agreement, of_latest
from steppingstone.generation import Job, RoundDone, run_batch
from steppingstone.plan import Plan
from steppingstone.records import Hit, Seed, Tier
from steppingstone.sandbox import Sandbox
from steppingstone.settings import Settings
from steppingstone.spending import Spent
from steppingstone.tables import TIERS
from tasks.drive import BATCHES, Shown, clear, drive, gather, reporting, state_of
from tasks.progress import Progress, tell

ENDED = {
    "targets": "every target was met",
    "seeds": "all seeds are through",
    "tokens": "the cap of tokens was reached",
    "dollars": "the cap of dollars was reached",
    "hours": "the cap of hours was reached",
}


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
    run = Path(draft).parent
    with Sandbox(1) as sandbox:
        plan = Plan(
            lambda: _seeds(draft),
            count_rows(draft, "seeds"),
            settings,
            at_once=1,
            agree=agreement(sandbox),
            published=lambda name: (traits for traits, _ in of_latest(settings.data_root, name)),
        )
        hit = EvaluationIndex(read_evaluation(settings.evaluation.paths)).hit
        driven = drive(generate_batch, Generation(plan, settings, hit), run, settings)
    generated = Generated(plan.ended_by(), plan.begun, driven.asked, driven.reused, plan.budget.spent)
    tell(f"{generated.asked} completions were asked for, {generated.reused} came from the journal")
    gather(draft, ("problems", "attempts", "rejections"), driven)
    clear(run, settings.data_root)
    if not count_rows(draft, "problems"):
        tell(f"No problem came of {generated.chains} chains; {ENDED[generated.ended_by]}")
    return generated


@task(
    name="generate",
    task_run_name="generate {batch.name}",
    description="A batch of chains through its rounds: the teacher proposes, the sandbox validates, the student attempts. "
    + BATCHES,
    tags=["models"],
    persist_result=False,
    cache_policy=NO_CACHE,
)
def generate_batch(batch: Batch[Job], folder: str, settings: Settings, run_id: str, requests: int) -> Shown:
    """One batch on one worker. Rounds are reported to whoever listens on the cluster, as they end."""
    with reporting(batch, settings, run_id) as reporter:
        return state_of(run_batch(batch, settings, run_id, folder, requests, reporter))


class Generation(Progress):
    """How far a generation is: its rounds, and what is kept of them beside what is wanted."""

    title, unit = "generation", "chains"
    plan: Plan

    def __init__(self, plan: Plan, settings: Settings, hit: Callable[..., Hit | None]) -> None:
        super().__init__(plan, settings)
        self._hit = hit
        self._tiers: Counter[tuple[str, str]] = Counter()

    def add(self, event: dict[str, Any]) -> None:
        """Counts a round, once however often it is reported. What holds an evaluation problem counts as not kept."""
        traits = event["traits"] and Traits(**event["traits"])
        if traits and self._hit(event["statement"], traits.code, *traits.inputs):
            traits = None
        done = RoundDone(**event | {"traits": traits})
        if self.plan.heard(done):
            self._tiers[done.environment, done.tier] += 1

    def count(self) -> None:
        """Counts what is kept, too, beside what is wanted."""
        super().count()
        for name in self.plan.environments:
            for tier in TIERS:
                counts.KEPT.set(self.plan.kept.counts[name, tier], name, tier)
            for tier, wanted in self._settings.targets.get(name, ()):
                if wanted is not None:
                    counts.TARGET.set(wanted, name, tier)

    def share(self) -> float:
        """By the targets, or without any by the rounds; or by a cap that is nearer."""
        rounds = self.plan.rounds / max(1, self.plan.most_jobs * self._settings.generation.rounds)
        return min(1.0, max(rounds, self.plan.targets.share(self.plan.kept), self.plan.budget.share()))

    def rows(self) -> list[dict[str, object]]:
        """One row an environment: rounds, distinct problems by tier with what is wanted, and rejected proposals."""
        return [self._row(name) for name in self.plan.environments]

    def _row(self, name: str) -> dict[str, object]:
        counts = {str(tier): self._tiers[name, tier] for tier in (Tier.UNSOLVED, *TIERS, Tier.TRIVIAL)}
        kept = {tier: self.plan.kept.counts[name, tier] for tier in TIERS}
        rounds = sum(count for (environment, _), count in self._tiers.items() if environment == name)
        return {
            "environment": name,
            "rounds": rounds,
            "rejected": self._tiers[name, ""],
            "unsolved": counts["unsolved"],
            **{tier: self._of(name, tier, kept[tier]) for tier in ("hard", "medium", "easy")},
            "trivial": counts["trivial"],
            "kept": self._of(name, "total", sum(kept.values())),
        }

    def _of(self, environment: str, name: str, have: int) -> str:
        target = self._settings.targets.get(environment)
        wanted = getattr(target, name) if target else None
        return str(have) if wanted is None else f"{have} of {wanted}"


def _seeds(draft: str) -> Iterator[Seed]:
    for row in iterate(draft, "seeds", ["seed_id", "kind", "text", "origin", "license"]):
        yield Seed(**row)
