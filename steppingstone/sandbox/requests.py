"""JSON requests to the command line, and its JSON results."""

import json
import math
from dataclasses import dataclass
from typing import Any, TypedDict

from steppingstone import values
from steppingstone.errors import BadInput
from steppingstone.sandbox.outcome import ExecutionVerdict, Limits, Outcome, ProgramOutcome

_KEYS = ("source", "function", "inputs", "timeout_s", "memory_mb")


@dataclass(frozen=True, slots=True)
class Request:
    """Call `function` of `source` with each of `inputs`."""

    source: str
    function: str
    inputs: list[list[object]]
    limits: Limits


class Result(TypedDict):
    """One outcome: `value` as near as JSON comes to it, `text` as Python source (empty where no literal says it)."""

    verdict: str
    value: Any
    text: str
    detail: str
    policy: str


def read(text: str) -> Request:
    """The request. Raises `BadInput` that says what is wrong with it."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the request is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise BadInput(f"the request is a JSON {type(fields).__name__}; it must be an object with {', '.join(_KEYS)}")
    if unknown := sorted(set(fields) - set(_KEYS)):
        raise BadInput(f"the request has {unknown[0]!r}; known are {', '.join(_KEYS)}")
    for key in ("source", "function"):
        if not isinstance(fields.get(key), str):
            raise BadInput(f"the request's {key!r} must be a string")
    return Request(fields["source"], fields["function"], _inputs(fields.get("inputs")), limits(fields))


def _inputs(given: object) -> list[list[object]]:
    if not isinstance(given, list) or not all(isinstance(arguments, list) for arguments in given):
        raise BadInput("the request's 'inputs' must be a list of lists: the positional arguments of each call")
    for index, arguments in enumerate(given):
        try:
            values.encode(arguments)
        except values.NotALiteral as error:
            raise BadInput(f"input {index} of the request is too large: {error}") from error
    return given


def limits(fields: dict[str, Any]) -> Limits:
    """Limits of `timeout_s` and `memory_mb`, where given. Raises `BadInput`."""
    standard = Limits()
    seconds, memory = fields.get("timeout_s", standard.seconds), fields.get("memory_mb", standard.memory_mb)
    if type(seconds) not in (int, float) or not math.isfinite(seconds) or not 0 < seconds <= 86_400:
        raise BadInput(f"timeout_s is {seconds!r}; seconds above 0, at most 86400")
    if type(memory) is not int or not 0 < memory <= 1 << 20:
        raise BadInput(f"memory_mb is {memory!r}; whole MiB from 1 to {1 << 20}")
    return Limits(seconds=seconds, memory_mb=memory)


def result(outcome: Outcome) -> Result:
    """The result of one call."""
    value, text = None, ""
    if outcome.verdict is ExecutionVerdict.OK:
        value = _plain(outcome.decoded)
        try:
            text = outcome.text
        except values.NotALiteral:
            text = ""
    return Result(verdict=outcome.verdict, value=value, text=text, detail=outcome.detail, policy=outcome.policy)


def program_result(outcome: ProgramOutcome) -> Result:
    """The result of a whole program: its value is what it wrote."""
    text = outcome.stdout
    return Result(verdict=outcome.verdict, value=text, text=repr(text), detail=outcome.detail, policy=outcome.policy)


def _plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return [_plain(item) for item in sorted(value, key=values.canonical)]
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (bytes, complex)) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    return value
