"""Deduction: proof and grader."""

import pytest

from steppingstone.environments import Deduction
from steppingstone.records import Problem, Proposal, Reason, Rejection, Verdict
from steppingstone.sandbox import Limits, Sandbox

DEDUCTION = Deduction(limits=Limits(seconds=0.5))
CODE = "def f(x):\n    return {word: len(word) for word in x.split()}"


def proved(sandbox: Sandbox, code: str = CODE, given: str = "'to be or not'") -> Problem | Rejection:
    proposal = DEDUCTION.parse(f"```python\n{code}\n```\n```input\n{given}\n```")
    assert isinstance(proposal, Proposal)
    return DEDUCTION.prove(proposal, sandbox)


@pytest.fixture(scope="module")
def problem(sandbox: Sandbox) -> Problem:
    found = proved(sandbox)
    assert isinstance(found, Problem), found
    return found


@pytest.mark.parametrize(
    ("code", "given", "reason"),
    [
        ("def f(x):\n    return x", "[1]", Reason.ANSWER_IN_STATEMENT),
        ("def f(x):\n    return 'a constant text' if x else 1", "[1]", Reason.ANSWER_IN_STATEMENT),
        ("def f(x):\n    return 42", "[1]", Reason.ANSWER_IN_STATEMENT),
        ("def f(x):\n    return {'mu', 'alpha'}", "[1]", Reason.ANSWER_IN_STATEMENT),
        ("def f(x):\n    return x[0]", "[]", Reason.EXCEPTION),
        ("def f(x):\n    return frozenset(x)", "[1]", Reason.OUTPUT_NOT_LITERAL),
        ("import time\ndef f(x):\n    return time.time()", "[1]", Reason.FORBIDDEN_IMPORT),
    ],
)
def test_a_proposal_that_does_not_prove_itself_is_turned_away(sandbox: Sandbox, code: str, given: str, reason: Reason) -> None:
    found = proved(sandbox, code, given)
    assert isinstance(found, Rejection), found
    assert found.reason is reason, found


def test_a_comment_cannot_give_the_output_away(sandbox: Sandbox) -> None:
    found = proved(sandbox, CODE + "  # f('to be or not') == {'to': 2, 'be': 2, 'or': 2, 'not': 3}")
    assert isinstance(found, Problem)
    assert "'not': 3" not in found.statement


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("{'to': 2, 'be': 2, 'or': 2, 'not': 3}", Verdict.SOLVED),
        ("{'not': 3, 'be': 2, 'or': 2, 'to': 2}", Verdict.SOLVED),
        ("{'to': 2.0, 'be': 2, 'or': 2, 'not': 3}", Verdict.WRONG),
        ("{'to': True + 1, 'be': 2, 'or': 2, 'not': 3}", Verdict.NOT_A_LITERAL),
        ("f('to be or not')", Verdict.NOT_A_LITERAL),
        ("", Verdict.NO_ANSWER),
    ],
)
def test_an_answer_gets_its_verdict(sandbox: Sandbox, problem: Problem, answer: str, verdict: Verdict) -> None:
    (grade,) = DEDUCTION.grade(problem, [f"```answer\n{answer}\n```"], sandbox)
    assert grade.verdict is verdict, grade


def test_only_the_last_answer_counts(sandbox: Sandbox, problem: Problem) -> None:
    right = "```answer\n{'to': 2, 'be': 2, 'or': 2, 'not': 3}\n```"
    grades = DEDUCTION.grade(problem, [f"{right}\n```answer\n1\n```", f"```answer\n1\n```\n{right}"], sandbox)
    assert [grade.verdict for grade in grades] == [Verdict.WRONG, Verdict.SOLVED]


def test_which_of_several_constants_is_returned_may_be_asked(sandbox: Sandbox) -> None:
    assert isinstance(proved(sandbox, "def f(x):\n    if len(x) > 2:\n        return True\n    return False", "[1]"), Problem)
