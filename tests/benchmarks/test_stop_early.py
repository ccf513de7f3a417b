"""The replay of stopping early."""

import random
from pathlib import Path

import pytest

from steppingstone.versions import publish
from tests.benchmarks.stop_early import Recorded, Replay, recorded, replay, told
from tests.drafts import make_draft

SOLVED = Recorded(100, (1,) * 32, tuple(range(32)))


def test_without_stopping_all_is_spent_and_nothing_changes() -> None:
    assert replay(SOLVED, 8, 1.1) == Replay(32, 4, sum(range(32)), True, True)


def test_a_last_step_is_cut_to_what_is_left() -> None:
    assert replay(SOLVED, 30, 1.1) == Replay(32, 2, sum(range(32)), True, True)


def test_a_problem_that_seemed_trivial_may_be_easy() -> None:
    surprise = Recorded(100, (1,) * 31 + (0,), (10,) * 32)
    assert replay(surprise, 28, 0.9) == Replay(28, 1, 280, False, True)


def test_an_ungraded_attempt_is_paid_for_and_in_neither_number() -> None:
    odd = Recorded(100, (None, 1, 0, 1), (10,) * 4)
    assert (odd.rate(3).solved, odd.rate(3).graded) == (1, 2)


def test_prompts_are_counted_with_and_without_a_cache() -> None:
    """Of 2 × (100 + 320) tokens 80 are saved, less two further prompts if these are paid for."""
    problem = Recorded(100, (1,) * 32, (10,) * 32)
    line = told([[Replay(24, 2, 240, True, True)], [Replay(32, 2, 320, True, False)]], [problem, problem])
    assert line.split()[:5] == ["2.0", "12.5%", "12.5%", f"{80 / 840:.1%}", f"{-120 / 840:.1%}"]
    assert line.split()[5:8] == ["100.0%", "50.0%", "50.0%"]


def test_a_published_version_is_read_with_each_problems_attempts_in_order(tmp_path: Path) -> None:
    publish(tmp_path, make_draft(tmp_path / "draft"), "run-a", {})
    problems = recorded(str(tmp_path), longer=3)
    assert len(problems) == 40
    assert {(problem.prompt, problem.completions) for problem in problems} == {(800, (150,) * 8)}
    assert all(problem.rewards == (1,) * (solved := problem.rate(8).solved) + (0,) * (8 - solved) for problem in problems)


@pytest.mark.parametrize("order", range(3))
def test_another_order_has_the_same_attempts(order: int) -> None:
    other = SOLVED.shuffled(random.Random(order))
    assert other != SOLVED
    assert (other.rate(32), sorted(other.completions)) == (SOLVED.rate(32), sorted(SOLVED.completions))
