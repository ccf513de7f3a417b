"""Judging: how texts are compared, and which tests are data."""

import pytest

from steppingstone.errors import BadInput
from steppingstone.real.checks import Checks, from_json
from steppingstone.real.equations import split
from steppingstone.real.judging import judge, same_text
from steppingstone.records import Verdict
from steppingstone.sandbox import Limits, Sandbox


@pytest.mark.parametrize(
    ("written", "expected", "same"),
    [
        ("1 \n2\n\n", "1\n2", True),
        ("0.3333333333", "0.33333334", True),
        ("5.0", "5", True),
        ("1 2\n", "1\n2", True),
        ("1\n2", "1", False),
        ("YES", "Yes", False),
        ("nan", "nan", True),
        ("", "0", False),
        ("1000000007", "1000000008", False),
        (f"1\n{'9' * 400}", f"1 {'9' * 400}", True),
        (f"1\n{'9' * 400}", f"1 {'8' * 400}", False),
    ],
)
def test_texts_are_compared_by_lines_and_then_by_tokens(written: str, expected: str, same: bool) -> None:
    assert same_text(written, expected) is same


@pytest.mark.parametrize(
    ("test", "is_data"),
    [
        ("assert f(1, [2]) == {'a': (3,)}", True),
        ("assert f(-1) == -2.5", True),
        ("assert f(x=1) == 1", False),
        ("assert f(g(1)) == 1", False),
        ("assert f(1) == 1 + 1", False),
        ("assert f(1) is True", False),
        ("assert f(1) == f(2) == 3", False),
        ("assert f(1)", False),
        ("x = 1\nassert f(x) == 1", False),
        ("assert f(...) == 1", False),
        ("assert f({[]: 1}) == 1", False),
        ("assert f(1 == 1", False),
        (f"assert f([{'0, ' * 100_001}]) == 1", False),
    ],
)
def test_an_equation_of_literals_within_the_sandboxs_caps_is_data(test: str, is_data: bool) -> None:
    equations, code = split(Checks(code=(test,)))
    assert (len(equations), len(code)) == ((1, 0) if is_data else (0, 1))


def test_arguments_too_large_to_be_data_are_passed_by_a_test_that_is_code(sandbox: Sandbox) -> None:
    long = list(range(100_001))
    checks = Checks(function="longest", calls=(([long], long), ([[1]], [1])))
    assert [len(part) for part in split(checks)] == [1, 1]
    assert judge(checks, "def longest(items):\n    return items", sandbox).passed
    assert judge(checks, "def longest(items):\n    return items[:7]", sandbox).verdict is Verdict.WRONG


def test_a_result_that_is_no_literal_is_compared_by_a_test_that_is_code(sandbox: Sandbox) -> None:
    checks = Checks(code=("assert letters('aab') == {'a': 2, 'b': 1}",))
    assert judge(checks, "from collections import Counter\ndef letters(text):\n    return Counter(text)", sandbox).passed


def test_checks_are_the_same_after_their_json() -> None:
    checks = Checks("import re", (("1\ud800", "2"),), "f", (([1, [2.5]], None),), ("assert f(1)",), Limits(3.0, 128))
    assert from_json(checks.to_json()) == checks
    assert checks.to_json().isascii()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"seconds": 1, "memory_mb": 64, "colour": 1}', '{"seconds": 0, "memory_mb": 9}']
)
def test_a_text_that_holds_no_checks_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not what a real problem is graded by"):
        from_json(text)
