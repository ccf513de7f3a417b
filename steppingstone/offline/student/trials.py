"""Trying inputs on a program: each attempt pays for every trial, though an input that was tried before is not run again."""

from random import Random
from typing import Any

from steppingstone.offline.interpreter import Program, Run
from steppingstone.offline.student.guessing import SHAPES, Guesser

PRICE = 15
"""Steps that a trial costs besides those of the program."""
PROBES = 5


class Trials:
    """The results of one function on candidate inputs, shared by the attempts of one request."""

    def __init__(self, program: Program, function: str) -> None:
        self.program, self.function = program, function
        self.results: dict[str, Run] = {}

    def run(self, value: Any) -> Run:
        """What the function makes of a value."""
        key = repr(value)
        found = self.results.get(key)
        if found is None:
            found = self.results[key] = self.program.call(self.function, value)
        return found


class Purse:
    """The steps that one attempt may still spend."""

    def __init__(self, steps: float) -> None:
        self.left = steps

    def pay(self, run: Run) -> Run:
        """Takes the price of a trial."""
        self.left -= run.steps + PRICE
        return run


def usable_shapes(trials: Trials, guesser: Guesser, code: str, accepted: Any) -> list[str]:
    """The shapes of which some value is accepted, each as often as values were; all of them if none is.

    The probes' random numbers come from the code, so that all attempts share them.
    """
    source = Random(code)
    counts = {s: sum(accepted(trials.run(guesser.new(s, source))) for _ in range(PROBES)) for s in SHAPES}
    return [shape for shape, count in counts.items() for _ in range(count)] or list(SHAPES)
