"""Rows of solved problems: asserts, harnesses and unittest cases as lists of code, or pairs of standard input and output."""

from typing import Any

from steppingstone.real.checks import Checks
from steppingstone.real.columns import Row, from_json, optional_text, origin_and_license, text
from steppingstone.real.problem import RealProblem, Unreadable
from steppingstone.real.wording import form, signature, task

NEEDED = ("problem_id", "statement", "test_type", "tests")
OPTIONAL = ("starter_code", "setup_code", "solution", "test_setup_code", "entry_point", "license", "origin")
CODE = ("asserts", "unittest", "harness")


def read(row: Row) -> RealProblem:
    """The problem of a row. `setup_code` stands before the program, `test_setup_code` before the tests."""
    name, solution = optional_text(row, "entry_point"), optional_text(row, "solution")
    setup, starter = optional_text(row, "setup_code"), optional_text(row, "starter_code")
    checks = _checks(row, setup)
    words = task(text(row, "statement"), starter or signature(solution, name), setup)
    answer = form("" if checks.programs else name)
    return RealProblem(str(row["problem_id"]), *origin_and_license(row), words, answer, solution, checks)


def _checks(row: Row, setup: str) -> Checks:
    kind, tests = row["test_type"], from_json("tests", row["tests"])
    if not isinstance(tests, list) or not tests:
        raise Unreadable("column 'tests' is no list of tests")
    if kind == "stdio":
        return Checks(setup, programs=tuple(map(_pair, tests)))
    if kind not in CODE:
        raise Unreadable(f"column 'test_type' is {str(kind)[:40]!r}, none of stdio, {', '.join(CODE)}")
    if not all(isinstance(test, str) for test in tests):
        raise Unreadable(f"column 'tests' holds what is no text, for {kind}")
    before = optional_text(row, "test_setup_code")
    return Checks(setup, code=("\n".join([before, *tests]),) if before.strip() else tuple(tests))


def _pair(test: Any) -> tuple[str, str]:
    match test:
        case {"input": str(given), "output": str(due)}:
            return given, due
    raise Unreadable("a test of standard input has no texts 'input' and 'output'")
