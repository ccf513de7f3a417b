"""A fixed part of the rows of each source, ruled in the sandbox. All of them: `python -m tests.sandbox.oracles`."""

import pytest

from steppingstone.sandbox import Sandbox
from tests.sandbox.oracles import counts, data, judge

pytestmark = pytest.mark.skipif(data.folder() is None, reason=f"no data beside the repository; {data.VARIABLE} may name it")


@pytest.mark.parametrize(
    ("source", "one_in", "rows"),
    [
        ("cruxeval", 1, 533),
        ("humaneval", 1, 109),
        ("mbpp", 1, 650),
        ("taco", 2, 263),
        ("apps", 1, 3),
        ("leetcode_dataset", 2, 200),
        ("classeval", 1, 52),
        ("rollouts", 16, 276),
    ],
)
def test_every_row_is_ruled_as_its_source_says_or_the_reason_is_known(
    sandbox: Sandbox, source: str, one_in: int, rows: int
) -> None:
    counted = counts.count(source, counts.sample(counts.checks()[source], one_in), sandbox)
    assert counted.rows == rows
    assert not counted.unexplained


@pytest.mark.parametrize("name", judge.SLOW)
def test_a_slow_reference_passes_within_its_limit(sandbox: Sandbox, name: str) -> None:
    ruling = judge.rule_solution(data.problems()[name], sandbox)
    assert ruling.passed, ruling.detail


@pytest.mark.parametrize("name", ["MBPP/257", "HumanEval/1", "LeetCode/rotate-list", "TACO/test/737", "ClassEval/8"])
def test_an_empty_program_passes_no_tests(sandbox: Sandbox, name: str) -> None:
    assert not judge.rule_solution(data.problems()[name], sandbox, "pass").passed


@pytest.mark.parametrize(
    ("written", "expected", "same"),
    [
        ("1 \n2\n\n", "1\n2", True),
        ("0.3333333333", "0.33333334", True),
        ("1 2\n", "1\n2", True),
        ("1\n2", "1", False),
        ("YES", "Yes", False),
        ("nan", "nan", True),
        ("", "0", False),
    ],
)
def test_texts_are_compared_by_lines_and_then_by_tokens(written: str, expected: str, same: bool) -> None:
    assert judge.same_text(written, expected) is same


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
    ],
)
def test_an_equation_of_literals_is_data(test: str, is_data: bool) -> None:
    assert (judge.equation(test) is not None) is is_data
