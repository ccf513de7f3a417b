"""Draws groups of problems for GRPO by weights that may change while training. Needs no torch: `trl.weigh_groups` gives it to TRL."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from random import Random

from steppingstone.errors import BadInput

Weights = Mapping[str, float]
Change = tuple[int, dict[str, float]]
"""The number of the first batch that was drawn by some weights, and those."""


class WeightedGroups:
    """A sampler of indices: `batch_groups` problems a batch, each index `repeats` times in a row, each batch `times` over.

    A problem's tier is drawn by the weights, a tier's share being its weight's share of all, however many problems it has.
    Within a tier the problems come in random order, each once before any comes again. `tiers` says of each problem of the data
    set which it is of; any other labels will do, as environments or the problems' own ids. A pass has as many batches as the
    data set holds, as TRL's own sampler has.

    The same seed and the same changes of the weights at the same batches give the same indices, on each rank and after a resume.
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
        self.changes: list[Change] = [(0, self._checked(weights))]
        self._restart()

    def __len__(self) -> int:
        return self.batches_a_pass * self.times * self.batch_groups * self.repeats

    def __iter__(self) -> Iterator[int]:
        first = self.epoch * self.batches_a_pass
        for number in range(first, first + self.batches_a_pass):
            for _ in range(self.times):
                for index in self.batch(number):
                    yield from [index] * self.repeats

    @property
    def weights(self) -> dict[str, float]:
        """Those by which the next batch will be drawn."""
        return self.changes[-1][1]

    def set_weights(self, weights: Weights) -> None:
        """Changes the weights from the next batch on that is not drawn yet. Loaders draw one batch ahead, and more with workers.

        Raises `BadInput` if they are not those of the tiers. Each rank must call it at the same step.
        """
        checked = self._checked(weights)
        if self.changes[-1][0] == len(self._drawn):
            self.changes.pop()
        self.changes.append((len(self._drawn), checked))

    def set_epoch(self, epoch: int) -> None:
        """Lets the next iteration begin with a pass, counted from 0."""
        self.epoch = epoch

    def resume(self, changes: Sequence[Change]) -> None:
        """Takes the weights' history from another's `changes`, and draws again what that drew."""
        self.changes = [(first, self._checked(weights)) for first, weights in changes]
        self._restart()

    def batch(self, number: int) -> list[int]:
        """The problems of a batch, counted from 0 over all passes. What comes before it is drawn first."""
        while len(self._drawn) <= number:
            self._drawn.append(self._draw())
        return self._drawn[number]

    def _restart(self) -> None:
        self._random = Random(self.seed)
        self._drawn: list[list[int]] = []
        self._decks: dict[str, list[int]] = {}

    def _draw(self) -> list[int]:
        weights = next(weights for first, weights in reversed(self.changes) if first <= len(self._drawn))
        return [self._next(tier) for tier in self._random.choices([*weights], [*weights.values()], k=self.batch_groups)]

    def _next(self, tier: str) -> int:
        if not self._decks.get(tier):
            self._decks[tier] = self._random.sample(self.of[tier], len(self.of[tier]))
        return self._decks[tier].pop()

    def _checked(self, weights: Weights) -> dict[str, float]:
        if wrong := sorted(weights.keys() ^ self.of.keys()):
            raise BadInput(
                f"weights are wanted for {', '.join(sorted(self.of))}, not for {', '.join(sorted(weights))}: see {wrong[0]!r}"
            )
        if not all(0 <= weight < inf for weight in weights.values()) or not any(weights.values()):
            raise BadInput(f"the weights {dict(weights)} can't be drawn by; give each 0 or more, and one at least more than 0")
        return {tier: float(weights[tier]) for tier in sorted(weights)}
