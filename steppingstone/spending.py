"""Tokens and dollars: what was spent, what a batch may spend, and the purse that says when to stop."""

import time
from dataclasses import dataclass

from steppingstone.errors import CapReached


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of completions that were paid for, and their price. Cached are part of prompt, reasoning of completion."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    reasoning: int = 0
    dollars: float = 0.0

    @property
    def tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt + self.completion

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.completion + other.completion,
            self.reasoning + other.reasoning,
            self.dollars + other.dollars,
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be spent; None is without bound. `until` is a time as `time.time` gives it when the purse is filled."""

    tokens: int | None = None
    dollars: float | None = None
    until: float | None = None


class Purse:
    """What is left of an allowance. Requests are begun while something is; what is in flight then is still paid."""

    def __init__(self, allowance: Allowance = Allowance()) -> None:
        self.allowance = allowance
        self.spent = Spent()
        # From here on the clock on the wall may be set, by hand or by NTP.
        self._ends = None if allowance.until is None else time.monotonic() + allowance.until - time.time()
        self._closed = False

    def close(self) -> None:
        """Leaves nothing to spend."""
        self._closed = True

    def check(self) -> None:
        """Raises `CapReached` once nothing is left, or the time is over."""
        limits = self.allowance
        if self._closed:
            raise CapReached("the batch was given up")
        if limits.tokens is not None and self.spent.tokens >= limits.tokens:
            raise CapReached(f"{self.spent.tokens} tokens spent of {limits.tokens}")
        if limits.dollars is not None and self.spent.dollars >= limits.dollars:
            raise CapReached(f"{self.spent.dollars:.2f} dollars spent of {limits.dollars:.2f}")
        if self._ends is not None and time.monotonic() >= self._ends:
            raise CapReached("the time is over")

    def charge(self, spent: Spent) -> None:
        """Takes out what a reply cost."""
        self.spent += spent
