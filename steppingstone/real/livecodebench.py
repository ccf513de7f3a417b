"""Rows of LiveCodeBench: tests in JSON, public and private ones, on standard input or by calls of a function."""

import base64
import io
import json
import pickle
import zlib
from typing import Any

from steppingstone.real.checks import Checks
from steppingstone.real.columns import Row, from_json, optional_text, origin_and_license, text
from steppingstone.real.problem import RealProblem, Unreadable
from steppingstone.real.wording import form, task

NEEDED = ("question_content", "starter_code", "public_test_cases", "private_test_cases", "metadata")
OPTIONAL = ("question_id", "question_title", "platform", "license", "origin", "difficulty", "contest_date")
MAX_BYTES = 1 << 28
"""Of private tests once they are unpacked."""

_BROKEN = (ValueError, TypeError, AttributeError, LookupError, EOFError, ArithmeticError, MemoryError, zlib.error)
"""What base64, zlib and pickle raise for data that is none of theirs, beside pickle's own error."""

MODULES = "string re datetime collections heapq bisect copy math random statistics itertools functools operator io sys json"
SETUP = "\n".join(
    [f"from {name} import *" for name in (*MODULES.split(), "builtins", "typing")]
    + [f"import {name}" for name in MODULES.split()]
    + ["sys.setrecursionlimit(50_000)"]
)
"""What LiveCodeBench's own runner puts before each program (`import_string` of its testing_util.py)."""


def read(row: Row) -> RealProblem:
    """The problem of a row. There is no reference solution in this layout."""
    public = _listed("public_test_cases", from_json("public_test_cases", row["public_test_cases"]))
    tests = public + _listed("private_test_cases", _private(row["private_test_cases"]))
    checks = _checks(tests, from_json("metadata", row["metadata"]))
    name = "/".join(filter(None, (optional_text(row, "platform"), str(row.get("question_id") or row.get("question_title")))))
    starter = optional_text(row, "starter_code")
    words = task(text(row, "question_content"), starter)
    method = checks.function if starter.strip() and "class " not in starter else f"Solution().{checks.function}"
    difficulty, day = optional_text(row, "difficulty"), str(row.get("contest_date") or "")[:10]
    answer = form(method if checks.function else "")
    return RealProblem(name, *origin_and_license(row), words, answer, "", checks, difficulty, day)


def _checks(tests: list[dict[str, str]], metadata: Any) -> Checks:
    kinds = {test.get("testtype") for test in tests}
    if kinds == {"stdin"}:
        return Checks(SETUP, programs=tuple((test["input"], test["output"]) for test in tests))
    if kinds != {"functional"}:
        raise Unreadable(f"testtype is {', '.join(sorted(map(str, kinds))) or 'nothing'}; all are to be stdin, or functional")
    name = metadata.get("func_name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not name.isidentifier():
        raise Unreadable("tests are functional, and metadata names no func_name")
    return Checks(SETUP, function=name, calls=tuple(map(_call, tests)))


def _call(test: dict[str, str]) -> tuple[list[object], object]:
    """Arguments stand one a line."""
    arguments = [from_json("input", line) for line in test["input"].split("\n") if line.strip()]
    return arguments, from_json("output", test["output"])


def _listed(column: str, told: Any) -> list[dict[str, str]]:
    tests = [] if told is None else told
    if not isinstance(tests, list) or not all(_is_test(test) for test in tests):
        raise Unreadable(f"column {column!r} is no list of tests with texts 'input' and 'output'")
    return tests


def _is_test(test: Any) -> bool:
    return isinstance(test, dict) and isinstance(test.get("input"), str) and isinstance(test.get("output"), str)


def _private(told: Any) -> Any:
    """Private tests are JSON, or JSON in a pickled text, packed by zlib, in base64."""
    if not isinstance(told, str):
        return told
    try:
        return json.loads(told or "null")
    except (ValueError, RecursionError):
        return from_json("private_test_cases", _unpickled(told))


def _unpickled(told: str) -> str | bytes:
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(told), MAX_BYTES)
        if unpacking.unconsumed_tail:
            raise ValueError(f"more than {MAX_BYTES} bytes")
        found = _DataAlone(io.BytesIO(data)).load()
    except (*_BROKEN, pickle.UnpicklingError) as error:
        raise Unreadable(f"column 'private_test_cases' can't be unpacked: {error}") from error
    if not isinstance(found, str | bytes):
        raise Unreadable(f"column 'private_test_cases' holds a pickled {type(found).__name__}, no text")
    return found


class _DataAlone(pickle.Unpickler):
    """Reads pickled data that names no class and no function, and so runs nothing."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        raise pickle.UnpicklingError(f"it names {module_name}.{global_name}, and data is to name nothing")
