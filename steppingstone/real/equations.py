"""Tests that are data: a function, its arguments and what it has to return, of which the sandbox sees the arguments alone."""

import ast
import json
from collections.abc import Iterable
from dataclasses import dataclass

from steppingstone import values
from steppingstone.real.checks import Checks
from steppingstone.syntax import parse

CALLED = "called_by_the_tests"
CALL = """
def {called}(*arguments):
    asked = Solution().{function} if "Solution" in globals() else {function}
    returned = asked(*arguments)
    return list(returned) if isinstance(returned, tuple) else returned
"""
"""What stands after a program whose function is called, as LiveCodeBench finds it, which takes a tuple for a list."""


@dataclass(frozen=True, slots=True)
class Equation:
    """`function(*arguments) == expected`, all of them literals; `code` says the same as a test that is code."""

    code: str
    function: str
    arguments: tuple[object, ...]
    expected: object


def split(checks: Checks) -> tuple[list[Equation], list[str]]:
    """The tests that are data, and those that are code."""
    equations, code = list[Equation](), list[str]()
    for test in [*map(_of_call, checks.calls), *map(_of_assert, checks.code)]:
        if isinstance(test, Equation) and _can_be_sent(test):
            equations.append(test)
        else:
            code.append(test.code if isinstance(test, Equation) else test)
    return equations, code


def functions(equations: Iterable[Equation]) -> dict[str, list[Equation]]:
    """The equations by the function that they call, in order."""
    found: dict[str, list[Equation]] = {}
    for each in equations:
        found.setdefault(each.function, []).append(each)
    return found


def _of_call(call: tuple[list[object], object]) -> Equation:
    arguments, expected = call
    given, due = (f"json.loads({json.dumps(part)!r})" for part in (arguments, expected))
    return Equation(f"import json\nassert {CALLED}(*{given}) == {due}", CALLED, tuple(arguments), expected)


def _of_assert(test: str) -> Equation | str:
    """`assert function(literals) == literal` as data; the test itself if it is anything else."""
    try:
        match parse(test).body:
            case [
                ast.Assert(test=ast.Compare(left=ast.Call(func=ast.Name(id=name), keywords=[]) as call, ops=[ast.Eq()]) as eq)
            ]:
                return Equation(test, name, tuple(map(ast.literal_eval, call.args)), ast.literal_eval(eq.comparators[0]))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return test
    return test


def _can_be_sent(equation: Equation) -> bool:
    """Whether its values are within the sandbox's caps."""
    try:
        for value in (*equation.arguments, equation.expected):
            values.encode(value)
    except values.NotALiteral:
        return False
    return True
