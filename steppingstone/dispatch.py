"""Batches handed out under a run's caps: those that an allowance cut short again, and those that failed once more."""

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Generic

from steppingstone.batches import Batch, BatchDone, JobT, Pulse
from steppingstone.budget import Budget
from steppingstone.settings import CapSettings
from steppingstone.spending import Spent

MOST_TRIES = 2
"""Of a batch that failed. What servers fail is tried again for as long as their patience says, within each of these."""


class Dispatch(ABC, Generic[JobT]):
    """Hands out batches, and hears what becomes of them. `ended` of at most `most_jobs` jobs are over."""

    most_jobs: int

    def __init__(self, caps: CapSettings, at_once: int) -> None:
        """`at_once`, which may change, is how many batches run at once."""
        self.budget = Budget(caps)
        self.at_once = at_once
        self.ended = 0
        self._batches = 0
        self._cut: list[tuple[str, Sequence[JobT]]] = []
        self._tries: Counter[str] = Counter()
        self._fares: dict[str, Pulse] = {}

    @abstractmethod
    def next_jobs(self) -> Sequence[JobT]:
        """The jobs of a new batch; none if none can be begun now."""

    def end(self, jobs: Sequence[JobT], delivered: bool = True) -> None:
        """Takes note of jobs that are over; `delivered` says that their batch left tables."""
        self.ended += len(jobs)

    def next_batch(self) -> Batch[JobT] | None:
        """The next batch; None if none can be begun now. If then none is running either, the run is over."""
        name, jobs = self._cut[-1] if self._cut else (f"{self._batches:05}", ())
        allowance = self.budget.grant(name, self.at_once)
        if allowance is None:
            return None
        if self._cut:
            self._cut.pop()
        elif not (jobs := self.next_jobs()):
            self.budget.settle(name, Spent())
            return None
        else:
            self._batches += 1
        return Batch(name, jobs, allowance)

    def fares(self, pulse: Pulse) -> None:
        """Takes note of how a batch fares. What an attempt spent whose worker died is spent all the same."""
        before = self._fares.get(pulse.batch)
        if before is not None and before.attempt != pulse.attempt:
            self.budget.spent += before.spent
        self._fares[pulse.batch] = pulse

    def over(self, batch: Batch[JobT], done: BatchDone) -> str:
        """Takes back what a batch did not spend. If it was cut short or failed it is handed out again, unless a cap is reached.

        Returns why it failed, if it failed for good; else nothing.
        """
        self._fares.pop(batch.name, None)
        self.budget.settle(batch.name, done.spent)
        self._tries[batch.name] += bool(done.failure)
        if done.failure and self._tries[batch.name] >= MOST_TRIES:
            return done.failure
        if (done.failure or done.capped) and not self.budget.reached():
            self._cut.append((batch.name, batch.jobs))
        else:
            self.end(batch.jobs, delivered=not done.failure)
        return ""


class Sweep(Dispatch[int]):
    """Hands out the numbers from 0 to `count` - 1 once, in their order, as ranges: the rows of a table."""

    def __init__(self, count: int, out_at_once: int, most_a_batch: int, caps: CapSettings, at_once: int) -> None:
        """All batches together hold `out_at_once` numbers, and none more than `most_a_batch`."""
        super().__init__(caps, at_once)
        self.most_jobs = count
        self._out_at_once = min(out_at_once, count)
        self._most_a_batch = most_a_batch
        self._next = 0

    def next_jobs(self) -> range:
        first, size = self._next, min(self._most_a_batch, math.ceil(self._out_at_once / self.at_once))
        self._next = min(self.most_jobs, first + size)
        return range(first, self._next)
