"""What a run may still spend on models."""

import math
import time
from dataclasses import dataclass

from steppingstone.errors import CapReached

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens as the servers counted them, and US dollars. `cached` is a part of `prompt`, `reasoning` of `completion`."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    reasoning: int = 0
    dollars: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.completion + other.completion,
            self.reasoning + other.reasoning,
            self.dollars + other.dollars,
        )


class Purse:
    """Tokens and dollars left, and the `time.monotonic` at which asking ends. Infinite: without a cap.

    It may be shared by all that spend on one loop. What is in flight when it becomes empty is charged all the same.
    """

    def __init__(self, tokens: float = math.inf, dollars: float = math.inf, deadline: float = math.inf) -> None:
        self.tokens, self.dollars, self.deadline = tokens, dollars, deadline

    def check(self) -> None:
        """Raises `CapReached` if nothing may be asked any more."""
        if self.tokens <= 0:
            raise CapReached("the tokens that the run may spend are spent")
        if self.dollars <= 0:
            raise CapReached("the dollars that the run may spend are spent")
        if time.monotonic() >= self.deadline:
            raise CapReached("the hours that the run may take are over")

    def charge(self, spent: Spent) -> None:
        """Takes out what a reply cost."""
        self.tokens -= spent.prompt + spent.completion
        self.dollars -= spent.dollars
