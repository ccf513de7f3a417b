"""Draws groups of problems for GRPO by weights that may change while training. Needs no torch; `trl.weigh_groups` uses it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf, isnan
from random import Random

from steppingstone.errors import BadInput

Weights = Mapping[str, float]
Change = tuple[int, dict[str, float]]
"""The number of the first batch that is drawn by some new weights, and those."""
Rule = Callable[[Weights, Mapping[str, float]], Weights]
"""The weights to draw by, of those that training began with and the mean reward of each tier that was met."""

LASTING, FLOOR = 0.9, 0.1
"""How much of its past counts for a tier's mean at each batch that meets it; the least that is left of a weight."""


class WeightedGroups:
    """A sampler of indices: `batch_groups` problems a batch, each index `repeats` times in a row, each batch `times` over.

    A problem's tier is drawn by the weights: a tier's share is its weight's share of all, however many problems it has.
    Within a tier the problems come in random order, each once before any comes again. `tiers` says of each problem of the data
    set which it is of; any other labels will do, such as environments or the problems' own ids. A pass has as many batches as
    the data set fills, as TRL's own sampler has.

    The same seed and the same changes of the weights at the same batches give the same indices, on each rank and on a resume.
    """

    def __init__(
        self, tiers: Sequence[str], weights: Weights, batch_groups: int, repeats: int, seed: int, times: int = 1
    ) -> None:
        """Raises `BadInput` if the weights are not those of the tiers."""
        self.batch_groups, self.repeats, self.seed, self.times = batch_groups, repeats, seed, times
        self.of: dict[str, list[int]] = {}
        for index, tier in enumerate(tiers):
            self.of.setdefault(tier, []).append(index)
        self.batches_a_pass = max(1, len(tiers) // batch_groups)
        self.epoch = 0
        self.resume([(0, self._checked(weights))])

    def __len__(self) -> int:
        return self.batches_a_pass * self.times * self.batch_groups * self.repeats

    def __iter__(self) -> Iterator[int]:
        first = self.epoch * self.batches_a_pass
        for number in range(first, first + self.batches_a_pass):
            for _ in range(self.times):
                for index in self.batch(number):
                    yield from [index] * self.repeats

    def batch(self, number: int) -> list[int]:
        """The problems of a batch, counted from 0 over all passes. What comes before it is drawn first."""
        while len(self._drawn) <= number:
            self._drawn.append(self._draw())
        return self._drawn[number]

    def set_weights(self, weights: Weights) -> None:
        """Changes the weights from the first batch on that is not drawn yet: loaders draw a batch ahead, and more with workers.

        Raises `BadInput` if they are not those of the tiers. All ranks must call it at the same step.
        """
        changed = {tier: weight for tier, weight in self._checked(weights).items() if weight != self.weights[tier]}
        if changed:
            self.changes.append((len(self._drawn), changed))
            self.weights |= changed

    def set_epoch(self, epoch: int) -> None:
        """Lets the next iteration be of a pass, counted from 0."""
        self.epoch = epoch

    def resume(self, changes: Iterable[Change]) -> None:
        """Takes the history of the weights from another's `changes`, and so draws again what that drew."""
        self.changes = [(first, dict(changed)) for first, changed in changes]
        self.weights = {tier: weight for _, changed in self.changes for tier, weight in changed.items()}
        self._random = Random(self.seed)
        self._drawn: list[list[int]] = []
        self._decks: dict[str, list[int]] = {}
        self._weights: dict[str, float] = {}
        self._changed = 0

    def _draw(self) -> list[int]:
        while self._changed < len(self.changes) and self.changes[self._changed][0] <= len(self._drawn):
            self._weights |= self.changes[self._changed][1]
            self._changed += 1
        tiers = self._random.choices([*self._weights], [*self._weights.values()], k=self.batch_groups)
        return [self._next(tier) for tier in tiers]

    def _next(self, tier: str) -> int:
        if not self._decks.get(tier):
            self._decks[tier] = self._random.sample(self.of[tier], len(self.of[tier]))
        return self._decks[tier].pop()

    def _checked(self, weights: Weights) -> dict[str, float]:
        if weights.keys() != self.of.keys():
            names, given = (", ".join(sorted(each)[:10]) for each in (self.of, weights))
            raise BadInput(
                f"weights are for {given or 'nothing'}, and the problems are of {names}; give each of these one, 0 or more"
            )
        if not all(0 <= weight < inf for weight in weights.values()) or not any(weights.values()):
            raise BadInput(f"the weights {dict(weights)} can't be drawn by; give each 0 or more, and one at least more than 0")
        return {tier: float(weights[tier]) for tier in sorted(weights)}


class Observed:
    """The mean reward of each tier that was met; the last batches count most."""

    def __init__(self) -> None:
        self.sums: dict[str, tuple[float, float]] = {}

    def add(self, tiers: Sequence[str], rewards: Sequence[float]) -> None:
        """Adds a batch: the tier and the reward of each completion. NaN is no reward, and counts nowhere."""
        found: dict[str, list[float]] = {}
        for tier, reward in zip(tiers, rewards, strict=True):
            if not isnan(reward):
                found.setdefault(tier, []).append(reward)
        for tier, earned in found.items():
            total, count = self.sums.get(tier, (0.0, 0.0))
            self.sums[tier] = (LASTING * total + sum(earned), LASTING * count + len(earned))

    @property
    def means(self) -> dict[str, float]:
        return {tier: total / count for tier, (total, count) in self.sums.items()}


def by_signal(start: Weights, means: Mapping[str, float]) -> dict[str, float]:
    """Weighs a tier by the variance of its rewards, m(1 - m) of the mean m, which is what GRPO learns from.

    A tier that was not met keeps its weight, as one of mean 0.5 does; one that is always or never solved keeps a tenth of it.
    """
    return {
        tier: weight * max(FLOOR, 4 * mean * (1 - mean)) for tier, weight in start.items() for mean in [means.get(tier, 0.5)]
    }
