"""The caps of a run, and what its batches may spend of them."""

import math
import time

from steppingstone.settings import CapSettings
from steppingstone.spending import Allowance, Spent

SMALLEST_GRANT = 0.02
LEAST_LEFT = 0.005
"""Shares of a cap: no allowance is smaller than the one while as much is left; less than the other is not handed out."""


class Budget:
    """What the caps leave. What was spent and the allowances that are out never add up to more than a cap."""

    def __init__(self, caps: CapSettings) -> None:
        self.caps = caps
        self.spent = Spent()
        self._ends = time.monotonic() + 3600 * caps.hours if caps.hours is not None else None
        self._out: dict[str, Allowance] = {}

    def grant(self, batch: str, at_once: int) -> Allowance | None:
        """What one of `at_once` batches may spend; None if there is next to nothing left to hand out, for now or for good."""
        if self._over():
            return None
        out = self._out.values()
        tokens = _share(self.caps.tokens, self.spent.tokens + sum(each.tokens or 0 for each in out), at_once)
        dollars = _share(self.caps.dollars, self.spent.dollars + sum(each.dollars or 0 for each in out), at_once)
        if tokens == 0 or dollars == 0:
            return None
        self._out[batch] = Allowance(None if tokens is None else math.ceil(tokens), dollars, self._until())
        return self._out[batch]

    def settle(self, batch: str, spent: Spent) -> None:
        """Takes back what a batch did not spend."""
        del self._out[batch]
        self.spent += spent

    def reached(self) -> str:
        """The name of the cap that ends the run; empty if none does."""
        if self._over():
            return "hours"
        if _share(self.caps.tokens, self.spent.tokens) == 0:
            return "tokens"
        return "dollars" if _share(self.caps.dollars, self.spent.dollars) == 0 else ""

    def share(self) -> float:
        """How much of the nearest cap is used up, from 0 to 1."""
        tokens = self.spent.tokens / self.caps.tokens if self.caps.tokens else 0.0
        dollars = self.spent.dollars / self.caps.dollars if self.caps.dollars else 0.0
        hours = 1 - max(0.0, self._left()) / (3600 * self.caps.hours) if self.caps.hours else 0.0
        return min(1.0, max(tokens, dollars, hours))

    def _over(self) -> bool:
        return self._left() <= 0

    def _left(self) -> float:
        """Seconds, by a clock that nobody sets."""
        return math.inf if self._ends is None else self._ends - time.monotonic()

    def _until(self) -> float | None:
        """The end by the clock on the wall, which the workers' machines share."""
        return None if self._ends is None else time.time() + self._left()


def _share(cap: float | None, gone: float, at_once: int = 1) -> float | None:
    if cap is None:
        return None
    left = cap - gone
    return 0 if left <= LEAST_LEFT * cap else min(left, max(left / (2 * at_once), SMALLEST_GRANT * cap))
