"""What all exports carry."""

import pytest

from steppingstone.errors import BadInput
from steppingstone.exports.rows import ROW, ground_truth, messages, problem_of, row
from steppingstone.exports.stages import by_stage
from steppingstone.records import Problem
from tests.exports.problems import DEDUCTION, INDUCTION, TWO


def test_a_problem_is_graded_by_its_ground_truth_alone() -> None:
    for problem in TWO:
        again = problem_of(ground_truth(problem))
        assert [getattr(again, name) for name in Problem.__slots__] == [getattr(problem, name) for name in Problem.__slots__]
        assert again.limits == problem.limits


def test_a_ground_truth_is_ascii_so_that_no_trainer_can_garble_it() -> None:
    assert "é" in DEDUCTION.code
    assert ground_truth(DEDUCTION).isascii()


@pytest.mark.parametrize("given", ["", "42", "{}", "[]", None, '{"inputs": [], "outputs": [], "limits": {}}'])
def test_what_is_no_ground_truth_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="none that steppingstone"):
        problem_of(given)


def test_a_row_says_where_a_problem_comes_from_and_how_hard_it_is() -> None:
    told = row(DEDUCTION, "train")
    assert list(told) == ROW.names
    assert (told["data_source"], told["split"], told["tier"]) == ("steppingstone/deduction", "train", "easy")
    assert (told["pass_count"], told["pass_rate"], told["sampling_weight"]) == (6, 0.75, 1.5)
    assert told["verifier"]["timeout_s"] == 1.5


def test_a_prompt_is_what_the_student_was_told() -> None:
    assert messages(INDUCTION) == [{"role": "user", "content": INDUCTION.statement}]


def test_stages_are_in_order_and_keep_the_order_within() -> None:
    assert by_stage([INDUCTION, DEDUCTION, INDUCTION]) == {0: [DEDUCTION], 1: [INDUCTION, INDUCTION]}
