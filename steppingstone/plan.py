"""The plan of a run: which chains are begun next and with what allowance, until targets, seeds or a cap end it."""

import math
from collections import Counter
from collections.abc import Callable, Iterator

from steppingstone.budget import Budget
from steppingstone.generation import Batch, BatchDone, Job, RoundDone
from steppingstone.records import Seed
from steppingstone.settings import Settings
from steppingstone.spending import Spent
from steppingstone.targets import Kept, Targets

CHAINS_A_SLOT = 2
"""Chains in progress for each request in flight: while one waits for the sandbox another fills its slot."""
MOST_CHAINS = 1_000


class Plan:
    """Hands out batches, and hears what becomes of them.

    Each environment takes the seeds in the order of the draw. A chain is begun only if its environment has an unmet target
    that the rounds under way are not expected to meet. So the first chains that meet a target are always run, and what is
    kept of them does not depend on which of them was faster.
    """

    def __init__(self, seeds: Callable[[], Iterator[Seed]], drawn: int, settings: Settings, at_once: int) -> None:
        """`seeds` gives the `drawn` seeds anew for each environment; `at_once` is how many batches run at once."""
        self.kept = Kept()
        self.targets = Targets(settings.targets)
        self.budget = Budget(settings.caps, at_once)
        self.rounds = self.begun = self.ended = 0
        names = [name for name in settings.environments if not settings.targets or name in settings.targets]
        self.most_chains = drawn * len(names)
        self._streams = {name: enumerate(seeds()) for name in names}
        self._places = {name: place for place, name in enumerate(settings.environments)}
        self._rounds_a_chain = settings.generation.rounds
        wanted = max(CHAINS_A_SLOT * settings.generation.requests_in_flight, 1)
        self._size = min(MOST_CHAINS, math.ceil(wanted / at_once), math.ceil(self.most_chains / at_once))
        self._batches = 0
        self._cut: list[tuple[str, tuple[Job, ...]]] = []
        self._due: dict[int, int] = {}
        self._heard: set[tuple[int, int]] = set()
        self._seen: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()

    def next_batch(self) -> Batch | None:
        """The next batch; None if none can be begun now. If then none is running either, the run is over."""
        name, jobs = self._cut[-1] if self._cut else (f"{self._batches:05}", ())
        allowance = self.budget.grant(name)
        if allowance is None:
            return None
        if self._cut:
            self._cut.pop()
        elif not (jobs := tuple(self._next_jobs())):
            self.budget.settle(name, Spent())
            return None
        else:
            self._batches += 1
        return Batch(name, jobs, allowance)

    def heard(self, done: RoundDone) -> bool:
        """Counts a round as soon as it is over; False if it is known already, from a batch that was run twice."""
        if (place := (done.chain_number, done.number)) in self._heard:
            return False
        self._heard.add(place)
        self.rounds += 1
        self.kept.add(done)
        self._seen[done.environment] += 1
        if self._due.get(done.chain_number):
            self._due[done.chain_number] -= 1
            self._under_way[done.environment] -= 1
        return True

    def over(self, batch: Batch, done: BatchDone) -> None:
        """Takes back what a batch did not spend. If its allowance cut it short it is handed out again."""
        self.budget.settle(batch.name, done.spent)
        if done.capped and not self.budget.reached():
            self._cut.append((batch.name, batch.jobs))
            return
        self.ended += len(batch.jobs)
        for job in batch.jobs:
            self._under_way[job.environment] -= self._due.pop(job.number)

    def ended_by(self) -> str:
        """What ended the run: targets, seeds, or the name of a cap."""
        if self.targets.met(self.kept):
            return "targets"
        return self.budget.reached() or "seeds"

    def _next_jobs(self) -> Iterator[Job]:
        count = 0
        while count < self._size:
            before = count
            for name in [name for name in self._streams if self._wants(name)]:
                place, seed = next(self._streams[name], (0, None))
                if seed is None:
                    del self._streams[name]
                    continue
                job = Job(place * len(self._places) + self._places[name], seed, name)
                self._due[job.number] = self._rounds_a_chain
                self._under_way[name] += self._rounds_a_chain
                self.begun += 1
                count += 1
                yield job
            if count == before:
                return

    def _wants(self, name: str) -> bool:
        """Whether another chain of an environment is needed, by what its rounds gave so far; at first, one problem a chain."""
        if not self.targets.wanted:
            return True
        rounds = self._seen[name] + self._rounds_a_chain
        needs = self.targets.needs(name, self.kept).values()
        return any(have + self._under_way[name] * (have + 1) / rounds < wanted for have, wanted in needs)
