"""A teacher's reply: the request read, a program begun or changed, and the problem written in its environment's format."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from steppingstone.offline.teacher import faults, literals, palette, steering
from steppingstone.offline.teacher.forms import FORMS
from steppingstone.offline.teacher.harvest import harvest
from steppingstone.offline.teacher.palette import Palette
from steppingstone.offline.teacher.program import Program, read_program
from steppingstone.offline.teacher.request import Request, read_prompt
from steppingstone.offline.teacher.steering import Taste
from steppingstone.syntax import parse, parse_expression

TASTES = {
    "deduction": Taste((2, 12), stride=2),
    "abduction": Taste((1, 4), stride=2, telling=True),
    "induction": Taste((1, 2), dearest=2, plain=True),
    "fuzzing": Taste((0, 2)),
}
SIZES = {"deduction": 5, "abduction": 4, "induction": 4, "fuzzing": 4}
ANOTHER = 5
"""How often a change that changes nothing is tried again."""
REMARKS = (
    "I took the core from the snippet and built a problem around it.",
    "Here is a problem in the asked format.",
    "The steps depend on each other, so each has to be followed.",
    "",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A program with an input for it, and the palette it is painted with."""

    program: Program
    value: Any
    palette: Palette


def reply(messages: Sequence[tuple[str, str]], source: Random) -> str:
    """The teacher's reply to a prompt: a few words, then the fenced blocks of the environment."""
    request = read_prompt(messages)
    write = _WRITERS.get(request.environment, _write_call)
    draft = _continued(request, source) if request.blocks else _begun(request, source)
    if request.reason:
        draft = _repaired(draft, request, source)
    blocks = write(draft, request, source)
    return "\n\n".join(
        part for part in (source.choice(REMARKS), *(f"```{label}\n{body}\n```" for label, body in blocks)) if part
    )


def _begun(request: Request, source: Random) -> Draft:
    found = harvest(request.seed)
    paint = palette.from_harvest(found)
    taste = TASTES.get(request.environment, TASTES["deduction"])
    program = steering.begin(found, paint, taste, request.rejected, source)
    size = SIZES.get(request.environment, 5)
    return Draft(program, literals.new(program.kind, source, source.randint(max(1, size - 2), size + 2), paint.words), paint)


def _continued(request: Request, source: Random) -> Draft:
    code, blocks = request.blocks.get("python", ""), request.blocks
    given = next((blocks[label] for label in ("input", "passing_input", "inputs") if blocks.get(label)), "''")
    values = [_value(line) for line in given.splitlines() if line.strip()]
    value = source.choice([value for value in values if literals.kind_of(value)] or [source.randint(2, 40)])
    paint = palette.from_code(code, given)
    name = faults.PREPARE if request.environment == "fuzzing" else "f"
    before = Draft(read_program(code, name, literals.kind_of(value)), value, paint)
    for _ in range(ANOTHER):
        after = _steered(before, request, source)
        if after.program.function("f") != before.program.function("f"):
            break
    return after


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(parse_expression(text.strip()))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text


def _steered(draft: Draft, request: Request, source: Random) -> Draft:
    program, value, paint = draft.program, draft.value, draft.palette
    taste = TASTES.get(request.environment, TASTES["deduction"])
    if request.steer == "harder":
        program = steering.harder(program, request.pass_rate, paint, taste, source)
        value = literals.larger(value, source, paint.words)
        if taste.stride > 1:
            value = literals.larger(value, source, paint.words)
    elif request.steer == "easier":
        times = 1 + len(program.steps) // (4 if taste.plain else 2)
        program, value = steering.easier(program, times, paint, source), literals.smaller(value, source)
    else:
        program, value = steering.vary(program, paint, taste, source), literals.other(value, source, paint.words)
        drift = source.random()
        if drift < 0.25:
            value = literals.larger(value, source, paint.words)
        elif drift < 0.5:
            value = literals.smaller(value, source)
    return Draft(program, value, paint)


def _repaired(draft: Draft, request: Request, source: Random) -> Draft:
    """Another proposal that answers the reason: other inputs, a step fewer, or a step more."""
    program, value, paint = draft.program, draft.value, draft.palette
    taste = TASTES.get(request.environment, TASTES["deduction"])
    if request.reason in ("trivially_invertible", "answer_in_statement", "constant_output", "same_as_before"):
        program = steering.harder(program, 0.0, paint, taste, source)
    elif request.blocks and request.reason in ("exception", "output_not_literal", "timeout", "output_too_large"):
        program = steering.easier(program, 1, paint, source)
    return Draft(program, literals.other(value, source, paint.words), paint)


Blocks = list[tuple[str, str]]


def _write_call(draft: Draft, _request: Request, _source: Random) -> Blocks:
    code = draft.program.helpers() + draft.program.function("f")
    return [("python", code), ("input", repr(draft.value))]


def _write_induction(draft: Draft, request: Request, source: Random) -> Blocks:
    values = {repr(draft.value): draft.value}
    for _ in range(60):
        value = source.choice(list(values.values()))
        change = source.choice((literals.other, literals.other, literals.larger))
        fresh = change(value, source, draft.palette.words)
        values.setdefault(repr(fresh), fresh)
        if len(values) == 14:
            break
    code = draft.program.helpers() + draft.program.function("f")
    return [("python", code), ("inputs", "\n".join(values)), ("hint", _hint(draft.program, _told(request, source), source))]


def _told(request: Request, source: Random) -> int:
    """How many steps the hint tells of: fewer than before if it should be harder, more if easier."""
    before = request.blocks.get("hint", "")
    if not before:
        return source.randint(0, 2)
    said = before.count(" and ") + (";" in before)
    return max(0, said + {"harder": -1, "easier": 1}.get(request.steer, source.choice((-1, 0, 1))))


def _hint(program: Program, told: int, source: Random) -> str:
    said = [about for step in program.steps if (about := _about(step.source))]
    source.shuffle(said)
    count = "one step" if len(program.steps) == 1 else f"{len(program.steps)} steps"
    more = f"; it {' and '.join(said[:told])}" if said and told else ""
    return f"From {_NAMES[program.kind]} to {_NAMES[program.result]} in {count}{more}."


_NAMES = {"number": "a number", "text": "a text", "numbers": "a list of numbers", "words": "a list of words", "pair": "a tuple",
          "table": "a dictionary"}  # fmt: skip


def _about(step: str) -> str:
    """What a step does, in words, if it has the shape of one of ours."""
    return _shapes().get(_shape(step), "")


@cache
def _shapes() -> dict[str, str]:
    return {_shape(form.template.format_map(_Zero())): form.about for form in FORMS}


class _Zero(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return {"c": "'a'", "d": "'a'", "t": "'a'", "op": "+"}.get(key, "1")


def _shape(source: str) -> str:
    tree = parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = 0 if not isinstance(node.value, str) else ""
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.BitXor | ast.BitOr):
            node.op = ast.Add()
    return ast.dump(tree)


_WRITERS: dict[str, Callable[[Draft, Request, Random], Blocks]] = {
    "deduction": _write_call,
    "abduction": _write_call,
    "induction": _write_induction,
    "fuzzing": lambda draft, request, source: faults.write(draft.program, draft.value, request, source),
}
