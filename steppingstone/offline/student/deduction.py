"""Deduction: follow the program in the head, where a value is now and then misremembered."""

from collections.abc import Sequence
from random import Random
from typing import Any

from steppingstone.offline.interpreter import Program, Run, Unsupported
from steppingstone.offline.student.slips import slipped
from steppingstone.offline.student.task import Task
from steppingstone.values import NotALiteral, to_text

MAX_STEPS = 6_000
STAMINA = 42.0
"""The effort after which a student with little patience slips once, on average."""
SPREAD = 0.2


def deduce(task: Task, sources: Sequence[Random], patience: float) -> list[str]:
    """An output an attempt. A run without a slip is the same for all attempts, so it is made once."""
    try:
        program = Program(task.code, MAX_STEPS, noisy=True)
    except Unsupported:
        return [_guess(task.given, source) for source in sources]
    exact = program.call("f", task.given)
    effort = program.machine.effort
    if not exact.ok:
        return [_guess(task.given, source) for source in sources]
    return [_attempt(program, exact, effort, task, source, patience) for source in sources]


def _attempt(program: Program, exact: Run, effort: float, task: Task, source: Random, patience: float) -> str:
    stamina = STAMINA * patience * source.lognormvariate(0, SPREAD)
    first = source.expovariate(1 / stamina)
    if first >= effort:
        return _text(exact.value, task.given, source)

    def slip(value: Any) -> Any:
        program.machine.trip = program.machine.effort + source.expovariate(1 / stamina)
        return slipped(value, source)

    program.machine.slip = slip
    run = program.call("f", task.given, first)
    return _text(run.value, task.given, source) if run.ok else _guess(task.given, source)


def _text(value: Any, given: Any, source: Random) -> str:
    try:
        return to_text(value)
    except NotALiteral:
        return _guess(given, source)


def _guess(given: Any, source: Random) -> str:
    try:
        return to_text(slipped(given, source))
    except NotALiteral:
        return "None"
