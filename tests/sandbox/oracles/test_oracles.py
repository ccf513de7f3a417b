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
