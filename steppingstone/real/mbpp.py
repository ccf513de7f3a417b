"""Rows of MBPP, whole or sanitized: a task in a sentence, a solution, and asserts."""

import re

from steppingstone.real.checks import Checks
from steppingstone.real.columns import Row, from_json, optional_text, origin_and_license, text
from steppingstone.real.problem import RealProblem, Unreadable
from steppingstone.real.wording import form, signature, task

NEEDED = ("task_id", "code", "test_list")
OPTIONAL = ("text", "prompt", "test_setup_code", "test_imports", "license", "origin")


def read(row: Row) -> RealProblem:
    """The problem of a row. The function that is asked for is one that the solution defines and the tests call."""
    code, tests = text(row, "code"), _texts(row, "test_list")
    names = [name for name in re.findall(r"\w+", "".join(tests[:1])) if signature(code, name)]
    if not names:
        raise Unreadable("the first test of column 'test_list' calls no function that column 'code' defines")
    setup = "\n".join([optional_text(row, "test_setup_code"), *_texts(row, "test_imports")]).strip()
    checks = Checks(code=("\n".join([setup, *tests]),) if setup else tuple(tests))
    words = task(optional_text(row, "text") or text(row, "prompt"), signature(code, names[0]))
    number = str(row["task_id"]).removeprefix("MBPP/")
    return RealProblem(f"MBPP/{number}", *origin_and_license(row), words, form(names[0]), code, checks)


def _texts(row: Row, column: str) -> list[str]:
    found = from_json(column, row.get(column) or [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise Unreadable(f"column {column!r} is no list of texts")
    return found
