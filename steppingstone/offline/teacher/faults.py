"""Fuzzing problems: a fault planted beside its specification, reached by as many valid inputs as is asked for."""

import ast
from dataclasses import dataclass
from random import Random
from typing import Any

from steppingstone.offline.interpreter import Program as Reading
from steppingstone.offline.interpreter import Unsupported
from steppingstone.offline.teacher.domains import Domain, again, around
from steppingstone.offline.teacher.program import Program
from steppingstone.offline.teacher.request import Request
from steppingstone.syntax import parse

PREPARE = "prepare"
SAMPLES = 40
STEPS = 3_000
UNKNOWN_REACH = 0.05
WIDTHS = (1, 2, 3, 5, 9, 17, 33, 65, 129, 513)
MEASURES = {
    "number": ("number", "number % 100", "len(str(number))", "number // 7"),
    "text": ("len(text)", "sum((ord(c) for c in text)) % 200", "len(set(text))", "text.count('e') + len(text)"),
    "numbers": ("sum(numbers)", "max(numbers, default=0)", "len(numbers)", "len(set(numbers))", "sum(numbers[::2])"),
    "words": (
        "sum((len(word) for word in words))",
        "len(words)",
        "len(set(words))",
        "max((len(word) for word in words), default=0)",
    ),
    "pair": ("pair[0]", "pair[1]", "pair[0] + pair[1]", "abs(pair[0] - pair[1])"),
    "table": ("sum(table.values())", "len(table)", "max(table.values(), default=0)", "sum((len(key) for key in table))"),
}


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that must hold besides: a measure's remainder."""

    measure: int
    modulus: int
    remainder: int

    def holds(self, measured: list[int]) -> bool:
        """Whether the condition holds for an input of these measures."""
        return measured[self.measure] % self.modulus == self.remainder


@dataclass(frozen=True, slots=True)
class Fault:
    """The specification acts from `limit` on, the program only from `limit + width` on, both if all guards hold."""

    guards: tuple[Guard, ...]
    limit: int
    width: int

    def reached(self, measured: list[int]) -> bool:
        """Whether program and specification differ on an input of these measures."""
        return self.limit <= measured[0] < self.limit + self.width and all(guard.holds(measured) for guard in self.guards)


def write(program: Program, value: Any, request: Request, source: Random) -> list[tuple[str, str]]:
    """The blocks of a fuzzing problem. Two inputs are thought through by the interpreter; where it fails, they are guessed."""
    domain = again(program.kind, request.blocks.get("python", ""), request.steer) or around(program.kind, value)
    measures = list(MEASURES[program.result])
    source.shuffle(measures)
    samples = [domain.draw(source) for _ in range(SAMPLES)]
    seen = _measured(program, measures, samples)
    known = [(sample, values) for sample, values in zip(samples, seen, strict=True) if values]
    failing, values = source.choice(known) if known else (samples[0], [len(measures)] * len(measures))
    fault = _plant(values, [v for _, v in known], _wanted(request, source), source)
    passing = [sample for sample, other in known if not fault.reached(other)] or [s for s in samples if s != failing]
    code = _code(program, domain, measures, fault, source)
    return [("python", code), ("passing_input", repr(source.choice(passing))), ("failing_input", repr(failing))]


def _measured(program: Program, measures: list[str], samples: list[Any]) -> list[list[int]]:
    """The measures of each sample; an empty list for one that the steps fail on."""
    look = f"def look(x):\n    {program.result} = {PREPARE}(x)\n    return [{', '.join(measures)}]"
    return _looked(f"{program.helpers()}{program.function(PREPARE)}\n\n{look}", samples)


def _looked(code: str, samples: list[Any]) -> list[list[int]]:
    try:
        reading = Reading(code, STEPS)
    except Unsupported:
        return [[] for _ in samples]
    runs = [reading.call("look", sample) for sample in samples]
    return [run.value if run.ok and all(isinstance(v, int) for v in run.value) else [] for run in runs]


def _wanted(request: Request, source: Random) -> float:
    """The share of valid inputs that should reach the fault."""
    if not request.blocks:
        return float(10 ** source.uniform(-2.6, -0.6))
    now = _reach(request)
    factor = {"harder": source.uniform(0.06, 0.25), "easier": source.uniform(6, 14)}.get(
        request.steer, source.uniform(0.35, 1.0)
    )
    if request.steer == "harder" and request.pass_rate > 0.95:
        factor /= 3
    return min(0.5, now * factor)


def _reach(request: Request) -> float:
    """About what share of valid inputs reach the previous problem's fault, each condition estimated by itself."""
    code = request.blocks.get("python", "")
    bodies = _bodies(code)
    program, test = bodies.get("f", []), bodies.get("test", [])
    conditions, specified = _conditions(program), _conditions(test)
    if not conditions or not specified:
        return UNKNOWN_REACH
    parts = [f"bool({guard})" for guard in conditions[:-1]] + [f"({conditions[-1]}) != ({specified[-1]})"]
    opening = [ast.unparse(node) for node in program if isinstance(node, ast.Assign)]
    look = "\n".join(["def look(x):", *(f"    {line}" for line in (*opening, f"return [{', '.join(parts)}]"))])
    kind = next((line.split(" = ")[0] for line in code.splitlines() if line.endswith(" = x")), "number").strip()
    domain, draw = again(kind, code, "vary") or Domain(kind, 6, 60), Random(code)
    seen = [values for values in _looked(f"{code}\n\n{look}", [domain.draw(draw) for _ in range(SAMPLES)]) if values]
    share = 1.0
    for column in zip(*seen, strict=True):
        share *= (sum(column) + 0.4) / (len(column) + 1)
    return share


def _bodies(code: str) -> dict[str, list[ast.stmt]]:
    try:
        return {node.name: node.body for node in parse(code).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError):
        return {}


def _conditions(body: list[ast.stmt]) -> list[str]:
    test = next((node.test for node in body if isinstance(node, ast.If)), None)
    parts = test.values if isinstance(test, ast.BoolOp) else [test] if test else []
    return [ast.unparse(part) for part in parts]


def _plant(at: list[int], seen: list[list[int]], wanted: float, source: Random) -> Fault:
    """The fault that the input of measures `at` reaches, and about the wanted share of the others."""
    best, best_gap = Fault((), at[0], 1), float("inf")
    for _ in range(12):
        width = source.choice(WIDTHS)
        guards = tuple(_guard(at, source) for _ in range(source.choice((0, 0, 1, 1, 2, 3))))
        fault = Fault(guards, at[0] - source.randrange(width), width)
        share = _share(fault, seen)
        gap = max(share / wanted, wanted / share)
        if gap < best_gap:
            best, best_gap = fault, gap
    return best


def _guard(at: list[int], source: Random) -> Guard:
    measure, modulus = source.randrange(len(at)), source.choice((2, 3, 3, 4, 5, 7))
    return Guard(measure, modulus, at[measure] % modulus)


def _share(fault: Fault, seen: list[list[int]]) -> float:
    share = 1.0
    tests = [lambda m: fault.limit <= m[0] < fault.limit + fault.width, *(guard.holds for guard in fault.guards)]
    for test in tests:
        share *= (sum(test(measured) for measured in seen) + 0.4) / (len(seen) + 1)
    return share


def _code(program: Program, domain: Domain, measures: list[str], fault: Fault, source: Random) -> str:
    guards = [f"({measures[g.measure]}) % {g.modulus} == {g.remainder}" for g in dict.fromkeys(fault.guards)]
    late = f"size > {fault.limit}" if fault.width == 1 else f"size >= {fault.limit + fault.width}"
    wrong, right = " and ".join([*guards, late]), " and ".join([*guards, f"size >= {fault.limit}"])
    act = f"size = size * {source.randint(2, 4)} + {source.randint(1, 30)}"
    opening = [f"{program.result} = {PREPARE}(x)", f"size = {measures[0]}"]
    parts = [
        program.function(PREPARE),
        _function("f", [*opening, f"if {wrong}:", f"    {act}", "return size"]),
        _function("test", [*opening, f"if {right}:", f"    {act}", "assert f(x) == size"]),
        _function("is_valid", [f"return {domain.condition()}"]),
    ]
    return program.helpers() + "\n\n".join(parts)


def _function(name: str, lines: list[str]) -> str:
    return "\n".join([f"def {name}(x):", *(f"    {line}" for line in lines)])
