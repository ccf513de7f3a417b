"""Fuzzing: try valid inputs, drawn from the constants in the code and changed from each other, until the assertion fails."""

from collections.abc import Sequence
from random import Random
from typing import Any

from steppingstone.offline.interpreter import Program, Run, Unsupported
from steppingstone.offline.student.guessing import Guesser
from steppingstone.offline.student.task import Task
from steppingstone.offline.student.trials import Purse, Trials, usable_shapes
from steppingstone.values import to_text

MAX_STEPS = 2_500
BUDGET = 2_000.0
SPREAD = 1.0
FRESH = 0.4
"""The share of inputs drawn anew; the others are changes of a valid one."""


def break_test(task: Task, sources: Sequence[Random], patience: float) -> list[str]:
    """An input an attempt."""
    guesser = Guesser(task.code)
    try:
        program = Program(task.code, MAX_STEPS)
    except Unsupported:
        return [to_text(guesser.new(source.choice(("int", "str", "ints")), source)) for source in sources]
    valid, test = Trials(program, "is_valid"), Trials(program, "test")
    shapes = usable_shapes(valid, guesser, task.code, _accepted)
    return [to_text(_attempt(valid, test, guesser, shapes, source, patience)) for source in sources]


def _accepted(run: Run) -> bool:
    return run.ok and run.value is True


def _attempt(valid: Trials, test: Trials, guesser: Guesser, shapes: list[str], source: Random, patience: float) -> Any:
    purse = Purse(BUDGET * patience * source.lognormvariate(0, SPREAD))
    pool: list[Any] = []
    while purse.left > 0:
        if pool and source.random() > FRESH:
            value = guesser.changed(source.choice(pool[-8:]), source)
        else:
            value = guesser.new(source.choice(shapes), source)
        if not _accepted(purse.pay(valid.run(value))):
            continue
        pool.append(value)
        run = purse.pay(test.run(value))
        if run.error == "AssertionError" and run.place == "test":
            return value
    return pool[-1] if pool else guesser.new(shapes[0], source)
