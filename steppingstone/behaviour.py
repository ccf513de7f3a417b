"""What a program's functions do, as a digest: their answers to a common set of inputs."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from steppingstone.records import content_id
from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, Sandbox
from steppingstone.values import from_text

SECONDS = 0.5
"""Wall time of one input: what answers at all answers at once, and of what hangs there may be many."""
FEW = 8
"""One in so many common inputs is tried first. Of a function that hangs on one of these nothing more is asked, and of any other
only inputs of the types that it gave a value for."""
LEAST_ANSWERED, LEAST_DISTINCT = 8, 3
"""A function that answers fewer inputs, or in fewer ways, is told apart from others by nothing."""


@cache
def common_inputs() -> tuple[object, ...]:
    """The inputs that all functions are asked for."""
    listed = ",".join(line for line in _text().splitlines() if not line.startswith("#"))
    return tuple(value for value in from_text(f"({listed})"))  # type: ignore[attr-defined]


@cache
def _text() -> str:
    return Path(__file__).with_name("common_inputs.txt").read_text("utf-8")


def behaviour(code: str, functions: Sequence[str], sandbox: Sandbox, limits: Limits) -> str:
    """The same for programs whose functions answer the common inputs alike; empty if the first one's answers tell nothing.

    The others are asked for what the first one gave a value for. Digests by other common inputs are never the same.
    """
    limits = Limits(min(SECONDS, limits.seconds), limits.memory_mb, limits.output_bytes)
    few = common_inputs()[::FEW]
    first = _calls(code, functions[0], few, sandbox, limits)
    # To find out on how many of all the inputs it hangs would take a minute.
    if any(outcome.verdict is ExecutionVerdict.TIMEOUT for outcome in first):
        return ""
    kinds = {type(value) for value, outcome in zip(few, first, strict=True) if outcome.value is not None}
    rest = [value for place, value in enumerate(common_inputs()) if place % FEW and type(value) in kinds]
    first += _calls(code, functions[0], rest, sandbox, limits)
    answered = [outcome.canonical for outcome in first if outcome.value is not None]
    if len(answered) < LEAST_ANSWERED or len(set(answered)) < LEAST_DISTINCT:
        return ""
    inputs = [value for value, outcome in zip([*few, *rest], first, strict=True) if outcome.value is not None]
    others = (_calls(code, function, inputs, sandbox, limits) for function in functions[1:])
    names = ",".join(sorted(kind.__name__ for kind in kinds))
    return content_id(_text(), names, *(_end(outcome) for outcomes in (first, *others) for outcome in outcomes))


def agree(codes: Sequence[str], functions: Sequence[str], inputs: Sequence[object], sandbox: Sandbox, limits: Limits) -> bool:
    """Whether programs answer the same inputs alike."""
    ends = {
        tuple(_end(outcome) for function in functions for outcome in _calls(code, function, inputs, sandbox, limits))
        for code in codes
    }
    return len(ends) == 1


def _calls(code: str, function: str, inputs: Sequence[object], sandbox: Sandbox, limits: Limits) -> list[Outcome]:
    """One outcome an input, all in one process: what calls leave behind in it is a part of what a program does."""
    return sandbox.call(code, function, [[value] for value in inputs], limits)


def _end(outcome: Outcome) -> str:
    """The value, or the kind of failure; what an error said is no matter."""
    return outcome.canonical.decode() if outcome.value is not None else f"{outcome.verdict} {outcome.exception_type}"
