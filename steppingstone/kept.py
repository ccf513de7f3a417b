"""What a run keeps so far, counted as curation will count it once the run is over."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from steppingstone.duplicates.distinct import Agree, Distinct, Traits
from steppingstone.generation import Job, RoundDone
from steppingstone.settings import DuplicateSettings
from steppingstone.tables import TIERS

Place = tuple[int, int]
"""Chain number and round: of problems that are the same the lower one stays."""
Published = Callable[[str], Iterable[Traits]]
"""The problems of an environment that stand in published versions."""


class Kept:
    """The distinct problems in a tier, by environment and tier.

    Problems come in any order, but which of them stay goes by chain and round. So one is settled, for good, when its chain and
    all that were begun before it in its environment are over: by then all that comes before it has been heard of. Until then
    it is counted as it came, and taken at its behaviour's word. Once every chain is over all are settled, and the counts are
    those that `drop_duplicates` comes to. Holds some 2 kB for each problem that stays, published ones too, and some 6 kB for
    each that waits: for the 120,000 rounds of 20,000 chains at most 250 MB.
    """

    def __init__(self, settings: DuplicateSettings, agree: Agree, published: Published) -> None:
        self._settings = settings
        self._agree = agree
        self._published = published
        self._tallies: dict[str, _Tally] = {}

    @property
    def counts(self) -> Counter[tuple[str, str]]:
        """How many are kept, by environment and tier."""
        counts = Counter[tuple[str, str]]()
        for name, tally in self._tallies.items():
            counts.update({(name, tier): tally.settled[tier] + tally.early[tier] for tier in TIERS})
        return counts

    def begin(self, job: Job) -> None:
        """Waits for a chain, which comes after all that were begun before in its environment."""
        self._tally(job.environment).running.add(job.number)

    def add(self, done: RoundDone) -> None:
        """Counts a round's problem, unless another one is the same."""
        if done.traits is not None:
            self._tally(done.environment).add((done.chain_number, done.number), done.tier, done.traits)

    def end(self, jobs: Iterable[Job], delivered: bool = True) -> None:
        """Notes that chains are over. Unless they `delivered`, what they reported is in no table, and does not count."""
        by_environment: dict[str, set[int]] = {}
        for job in jobs:
            by_environment.setdefault(job.environment, set()).add(job.number)
        for name, numbers in by_environment.items():
            self._tally(name).end(numbers, delivered)

    def _tally(self, environment: str) -> "_Tally":
        if environment not in self._tallies:
            self._tallies[environment] = _Tally(environment, self._settings, self._agree, self._published)
        return self._tallies[environment]


class _Tally:
    """One environment's problems: those that are settled, and those that wait for earlier chains."""

    def __init__(self, environment: str, settings: DuplicateSettings, agree: Agree, published: Published) -> None:
        self.running = set[int]()
        self.settled = Counter[str]()
        self.early = Counter[str]()
        self._settings = settings
        self._published = iter(published(environment))
        self._distinct = Distinct[Place](settings, agree)
        self._waiting: dict[Place, _Waiting] = {}
        self._forget_early()

    def add(self, place: Place, tier: str, traits: Traits) -> None:
        # Read once, with the first problem: by then the workers are busy.
        for each in self._published:
            self._distinct.add(each, (-1, 0))
        is_new = not self._early.take(traits, place)
        self.early[tier] += is_new
        self._waiting[place] = _Waiting(tier, traits, is_new)

    def end(self, numbers: set[int], delivered: bool) -> None:
        self.running -= numbers
        first = min(self.running, default=math.inf)
        for place in sorted(self._waiting):
            if place[0] in numbers and not delivered:
                self._pop(place)
            elif place[0] < first:
                told = self._pop(place)
                self.settled[told.tier] += not self._distinct.take(told.traits, place)
        if self._left > len(self._waiting):
            waiting = self._waiting
            self._forget_early()
            for place, told in waiting.items():
                self.add(place, told.tier, told.traits)

    def _pop(self, place: Place) -> "_Waiting":
        told = self._waiting.pop(place)
        self.early[told.tier] -= told.is_new
        self._left += 1
        return told

    def _forget_early(self) -> None:
        """Starts anew what was counted as it came; done when most of it no longer waits."""
        self._early = Distinct[Place](self._settings, lambda one, other: True, before=self._distinct)
        self._waiting, self.early, self._left = {}, Counter(), 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    tier: str
    traits: Traits
    is_new: bool
