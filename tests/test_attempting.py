"""What a completion is worth, whether it was said now or stored long ago."""

from dataclasses import replace

from steppingstone.attempting import NEVER_CAME, grades
from steppingstone.environments import environment
from steppingstone.records import Completion, Problem, Verdict
from steppingstone.sandbox import Sandbox

PROBLEM = Problem("p", "deduction", "def f(x):\n    return x + 1", ("3",), ("4",), "", "f(3) is what?")
SOLVED = Completion("```answer\n4\n```", "stop", 1, 1)


def verdicts(sandbox: Sandbox, *said: Completion) -> list[Verdict]:
    return [grade.verdict for grade in grades(environment("deduction"), PROBLEM, said, sandbox)]


def test_what_never_came_is_ungraded_and_shifts_no_other_grade(sandbox: Sandbox) -> None:
    assert verdicts(sandbox, SOLVED, NEVER_CAME, SOLVED) == [Verdict.SOLVED, Verdict.UNGRADED, Verdict.SOLVED]
    assert verdicts(sandbox, NEVER_CAME) == [Verdict.UNGRADED]


def test_a_reply_cut_before_its_answer_is_cut_and_one_cut_after_it_is_not(sandbox: Sandbox) -> None:
    cut = Completion("so 3 + 1", "length", 1, 1)
    assert verdicts(sandbox, cut, replace(cut, finish_reason="stop")) == [Verdict.CUT, Verdict.NO_ANSWER]
    assert verdicts(sandbox, replace(SOLVED, finish_reason="length")) == [Verdict.SOLVED]
