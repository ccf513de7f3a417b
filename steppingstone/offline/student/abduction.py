"""Abduction: climb from random inputs, and from the output itself, towards one that gives the output."""

from collections.abc import Sequence
from random import Random
from typing import Any

from steppingstone.offline.interpreter import Program, Unsupported
from steppingstone.offline.student.distance import distance
from steppingstone.offline.student.guessing import Guesser, shape_of
from steppingstone.offline.student.links import Links, nudged, put, same_sequences
from steppingstone.offline.student.task import Task
from steppingstone.offline.student.trials import Purse, Trials, usable_shapes
from steppingstone.values import canonical, to_text

MAX_STEPS = 1_500
BUDGET = 2_600.0
SPREAD = 1.0
PATIENCE = 25
"""Changes without progress after which a climb begins anew."""


def abduce(task: Task, sources: Sequence[Random], patience: float) -> list[str]:
    """An input an attempt."""
    guesser = Guesser(task.code, task.given)
    try:
        trials = Trials(Program(task.code, MAX_STEPS), "f")
    except Unsupported:
        return [to_text(guesser.new(source.choice(("int", "str", "ints")), source)) for source in sources]
    shapes = usable_shapes(trials, guesser, task.code, lambda run: run.ok)
    return [to_text(_Climb(task.given, trials, guesser, shapes, source, patience).find()) for source in sources]


class _Climb:
    """One attempt."""

    def __init__(
        self, target: Any, trials: Trials, guesser: Guesser, shapes: list[str], source: Random, patience: float
    ) -> None:
        self.target, self.trials, self.guesser, self.shapes, self.source = target, trials, guesser, shapes, source
        self.goal = canonical(target)
        self.purse = Purse(BUDGET * patience * source.lognormvariate(0, SPREAD))

    def find(self) -> Any:
        """The input whose output is nearest to the target."""
        nearest, least = None, float("inf")
        while self.purse.left > 0:
            value, gap = self._climb_once()
            if gap < least:
                nearest, least = value, gap
            if gap == 0:
                break
        return nearest

    def _climb_once(self) -> tuple[Any, float]:
        best = self._start()
        gap, output = self._try(best)
        idle, links = 0, Links()
        while gap > 0 and idle < PATIENCE and self.purse.left > 0:
            value = self._next(best, output, links)
            other, result = self._try(value)
            links.learn(best, output, value, result)
            idle = 0 if other < gap else idle + 1
            if other <= gap:
                best, gap, output = value, other, result
        return best, gap

    def _start(self) -> Any:
        shape = self.source.choice(self.shapes)
        if shape == shape_of(self.target) and self.source.random() < 0.5:
            return self.target
        return self.guesser.new(shape, self.source)

    def _try(self, value: Any) -> tuple[float, Any]:
        run = self.purse.pay(self.trials.run(value))
        if not run.ok:
            return 1e9, None
        return distance(run.value, self.target, self.goal), run.value

    def _next(self, best: Any, output: Any, links: Links) -> Any:
        """A change of the best input: by what was learnt, by the gap left, to learn from, or a blind one."""
        draw, value = self.source.random(), None
        if draw < 0.4:
            value = links.mend(best, output, self.target, self.source)
        elif draw < 0.6:
            value = _towards(best, output, self.target, self.source)
        elif draw < 0.75:
            value = nudged(best, self.source)
        return self.guesser.changed(best, self.source) if value is None or value == best else value


def _towards(best: Any, output: Any, target: Any, source: Random) -> Any:
    """The input changed as if each output depended on the input in the same place; None if that makes no sense."""
    if type(best) is int and type(output) is int and type(target) is int:
        return best + (target - output) // source.choice((1, 1, 2, 3, 4, 5, 7, 9)) * source.choice((1, 1, -1))
    if not best or not same_sequences(best, output, target):
        return None
    wrong = [i for i, (a, b) in enumerate(zip(output, target, strict=False)) if a != b]
    if not wrong:
        return None
    at = source.choice(wrong)
    place = source.choice((at, len(best) - 1 - at, at + len(best) - len(output)))
    if not 0 <= place < len(best):
        return None
    item = None if isinstance(best, str) else _towards(best[place], output[at], target[at], source)
    return put(best, place, target[at] if item is None else item)
