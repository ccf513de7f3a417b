"""The plan of a run: which chains are begun next and with what allowance, until targets, seeds or a cap end it."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from steppingstone.batches import Batch
from steppingstone.dispatch import Dispatch
from steppingstone.duplicates import Agree
from steppingstone.engine import CHAINS_A_SLOT
from steppingstone.generation import Job, RoundDone
from steppingstone.kept import Kept, Published
from steppingstone.records import Seed
from steppingstone.settings import Settings
from steppingstone.targets import Targets

STAND_BY = 1
"""Chains handed out for each request in flight beyond those on their way, once it is known what chains give: they begin as
others end, whatever batch these are of."""
FAR = 2
"""A target is far, and chains stand by for it, if so many times the rounds under way are not expected to meet it."""
MOST_CHAINS = 1_000
MOST_ROUNDS = 32


class Plan(Dispatch[Job]):
    """Hands out batches, and hears what becomes of them.

    Each environment takes the seeds in the order of the draw. A chain is begun only if its environment has an unmet target
    that the rounds under way are not expected to meet. So the first chains that meet a target are always run, and what is
    kept of them does not depend on which of them was faster.
    """

    def __init__(
        self,
        seeds: Callable[[], Iterator[Seed]],
        drawn: int,
        settings: Settings,
        at_once: int,
        agree: Agree,
        published: Published,
    ) -> None:
        """`seeds` gives the `drawn` seeds anew for each environment; `at_once`, which may change, batches run at once."""
        super().__init__(settings.caps, at_once)
        self.kept = Kept(settings.duplicates, agree, published)
        self.targets = Targets(settings.targets)
        self.rounds = self.begun = 0
        self.environments = [name for name in settings.environments if not settings.targets or name in settings.targets]
        self.most_jobs = drawn * len(self.environments)
        self._streams = {name: enumerate(seeds()) for name in self.environments}
        self._places = {name: place for place, name in enumerate(settings.environments)}
        self._rounds_a_chain = settings.generation.rounds
        self._requests = settings.generation.requests_in_flight
        self._due: dict[int, int] = {}
        self._heard: set[int] = set()
        self._seen: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()

    def next_batch(self) -> Batch[Job] | None:
        self._leave_what_helps_nothing()
        return super().next_batch()

    def heard(self, done: RoundDone) -> bool:
        """Counts a round as soon as it is over; False if it is known already, from a batch that was run twice."""
        if (place := done.chain_number * MOST_ROUNDS + done.number) in self._heard:
            return False
        self._heard.add(place)
        self.rounds += 1
        self.kept.add(done)
        self._seen[done.environment] += 1
        if self._due.get(done.chain_number):
            self._due[done.chain_number] -= 1
            self._under_way[done.environment] -= 1
        return True

    def ended_by(self) -> str:
        """What ended the run: targets, seeds, or the name of a cap."""
        if self.targets.met(self.kept):
            return "targets"
        return self.budget.reached() or "seeds"

    def _leave_what_helps_nothing(self) -> None:
        """Ends batches that were cut short, if by now all that they could help is met."""
        for name, jobs in list(self._cut):
            if self.targets.wanted and not any(self.targets.needs(job.environment, self.kept) for job in jobs):
                self._cut.remove((name, jobs))
                self.end(jobs)

    def end(self, jobs: Sequence[Job], delivered: bool = True) -> None:
        super().end(jobs, delivered)
        self.kept.end(jobs, delivered)
        for job in jobs:
            self._under_way[job.environment] -= self._due.pop(job.number)

    def next_jobs(self) -> tuple[Job, ...]:
        return tuple(self._wanted_jobs())

    def _wanted_jobs(self) -> Iterator[Job]:
        count, at_work = 0, self._share(CHAINS_A_SLOT)
        size = self._share(CHAINS_A_SLOT + STAND_BY) if self.ended else at_work
        while count < size:
            before, times = count, FAR if count >= at_work else 1
            for name in [name for name in self._streams if self._wants(name, times)]:
                place, seed = next(self._streams[name], (0, None))
                if seed is None:
                    del self._streams[name]
                    continue
                job = Job(place * len(self._places) + self._places[name], seed, name)
                self._due[job.number] = self._rounds_a_chain
                self._under_way[name] += self._rounds_a_chain
                self.kept.begin(job)
                self.begun += 1
                count += 1
                yield job
            if count == before:
                return

    def _share(self, chains_a_slot: int) -> int:
        """A batch's share of so many chains for each request in flight."""
        return min(MOST_CHAINS, math.ceil(min(self.most_jobs, chains_a_slot * self._requests) / self.at_once))

    def _wants(self, name: str, times: int) -> bool:
        """Whether another chain of an environment is needed beyond so many times those under way.

        That is told by what its rounds gave so far; at first, one problem a chain.
        """
        if not self.targets.wanted:
            return True
        rounds = self._seen[name] + self._rounds_a_chain
        needs = self.targets.needs(name, self.kept).values()
        return any(have + times * self._under_way[name] * (have + 1) / rounds < wanted for have, wanted in needs)
