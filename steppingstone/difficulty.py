"""Pass rates: their interval, the tier they fall in, and what they ask of the teacher."""

import math
from dataclasses import dataclass

from steppingstone.records import Grade, Steer, Tier

Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class PassRate:
    """Solved attempts over graded attempts; an attempt that was never graded is in neither number."""

    solved: int
    graded: int

    @classmethod
    def of(cls, grades: list[Grade]) -> "PassRate":
        rewards = [grade.reward for grade in grades if grade.reward is not None]
        return cls(sum(rewards), len(rewards))

    @property
    def value(self) -> float | None:
        """p in [0, 1]; None if nothing was graded."""
        return self.solved / self.graded if self.graded else None

    def interval(self) -> tuple[float, float] | None:
        """The 95% Wilson score interval of p; None if nothing was graded."""
        return wilson(self.solved / self.graded, self.graded) if self.graded else None


def wilson(p: float, n: int) -> tuple[float, float]:
    """The 95% Wilson score interval of a share p of n."""
    centre = p + Z_95**2 / (2 * n)
    reach = Z_95 * math.sqrt(p * (1 - p) / n + Z_95**2 / (4 * n**2))
    scale = 1 + Z_95**2 / n
    return max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where tiers end and when the teacher is asked for something harder. All are pass rates in [0, 1]."""

    hard_max: float = 0.25
    medium_max: float = 0.65
    harder_above: float = 0.65

    def tier(self, rate: PassRate) -> Tier:
        """hard 0 < p ≤ hard_max < medium ≤ medium_max < easy < 1; p = 0 is unsolved, p = 1 trivial."""
        p = rate.value
        if p is None:
            return Tier.UNGRADED
        if p in (0, 1):
            return Tier.UNSOLVED if p == 0 else Tier.TRIVIAL
        if p <= self.hard_max:
            return Tier.HARD
        return Tier.MEDIUM if p <= self.medium_max else Tier.EASY

    def straddled(self, rate: PassRate) -> bool:
        """Whether the interval of p reaches into another of the tiers easy, medium and hard."""
        low, high = rate.interval() or (0.0, 0.0)
        return low <= self.hard_max < high or low <= self.medium_max < high

    def steer(self, rate: PassRate) -> Steer:
        """What the next round asks for after a problem with this pass rate."""
        p = rate.value
        if p == 0:
            return Steer.EASIER
        return Steer.HARDER if p is not None and p > self.harder_above else Steer.VARY
