"""Mathematics: where the answer stands in a reply, and whether it is the right one."""

import pytest

from steppingstone.evaluation.boxes import last_boxed
from steppingstone.evaluation.maths import Maths, is_installed, maths_problem
from steppingstone.records import Verdict
from steppingstone.sandbox import Sandbox

installed = pytest.mark.skipif(not is_installed(), reason="math-verify is not installed (the extra `evaluate`)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"first \boxed{1}, no: \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed {7} and \boxed{8", "7"),
        (r"\fbox{9}", "9"),
        ("no box", None),
        (r"\boxed{" + "{" * 5_000, None),
    ],
)
def test_the_last_box_that_is_closed_is_the_answer(text: str, found: str | None) -> None:
    assert last_boxed(text) == found


def verdicts(answer: str, *replies: str) -> list[Verdict]:
    with Sandbox(1) as sandbox:
        return [grade.verdict for grade in Maths().grade(maths_problem("", "task", answer), replies, sandbox)]


@installed
def test_equal_expressions_are_solved_and_others_wrong() -> None:
    replies = (r"\boxed{0.5}", r"\boxed{\dfrac12}", r"\boxed{\frac{2}{4}}", r"\boxed{0.51}", r"\boxed{2}")
    assert verdicts(r"\frac{1}{2}", *replies) == [Verdict.SOLVED] * 3 + [Verdict.WRONG] * 2


@installed
def test_without_a_box_the_end_of_a_reply_is_looked_at_and_what_says_nothing_is_no_answer() -> None:
    replies = (
        "2 + 2 is 4, so the answer is $73$.",
        "73 it may be.\n" + "Who knows? " * 100,
        "",
        "\\boxed{" + "1" * 3_000 + "}",
    )
    assert verdicts("73", *replies) == [Verdict.SOLVED] + [Verdict.NO_ANSWER] * 3


@installed
def test_text_that_is_written_as_the_answer_is_needs_no_mathematics() -> None:
    assert verdicts(r"\text{Evelyn's}", r"\boxed{ \text{Evelyn's} }") == [Verdict.SOLVED]


@installed
def test_an_answer_that_never_ends_is_a_timeout_and_the_next_one_is_graded() -> None:
    assert verdicts("1", r"\boxed{9^{9^{9^{9}}}}", r"\boxed{1.0}") == [Verdict.TIMEOUT, Verdict.SOLVED]


@installed
def test_what_is_written_as_python_is_not_run() -> None:
    assert verdicts("1", r"\boxed{exit()}", r"\boxed{1.0}")[1] is Verdict.SOLVED
