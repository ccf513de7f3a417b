"""Abduction: proof and grader."""

import pytest

from steppingstone.environments import Abduction
from steppingstone.records import Problem, Proposal, Reason, Rejection, Verdict
from steppingstone.sandbox import Limits, Sandbox

ABDUCTION = Abduction(limits=Limits(seconds=0.5))
CODE = "def f(x):\n    return sum(x) % 7 * 10 + len(x)"


def proved(sandbox: Sandbox, code: str = CODE, given: str = "[3, 1, 2]") -> Problem | Rejection:
    proposal = ABDUCTION.parse(f"```python\n{code}\n```\n```input\n{given}\n```")
    assert isinstance(proposal, Proposal)
    return ABDUCTION.prove(proposal, sandbox)


@pytest.fixture(scope="module")
def problem(sandbox: Sandbox) -> Problem:
    found = proved(sandbox)
    assert isinstance(found, Problem), found
    return found


@pytest.mark.parametrize(
    ("code", "given", "reason"),
    [
        ("def f(x):\n    return sorted(x)", "[3, 1, 2]", Reason.TRIVIALLY_INVERTIBLE),
        ("def f(x):\n    return x == 'a long password'", "'a long password'", Reason.ANSWER_IN_STATEMENT),
        ("def f(x):\n    return x + 1", "'a'", Reason.EXCEPTION),
        ("def f(x):\n    return x", "open('/etc/passwd')", Reason.INPUT_NOT_LITERAL),
        ("n = 0\ndef f(x):\n    global n\n    n += 1\n    return [x, n]", "1", Reason.NONDETERMINISTIC),
        ("def f(x):\n    return hash(x)", "'a'", Reason.NONDETERMINISTIC),
    ],
)
def test_a_proposal_that_does_not_prove_itself_is_turned_away(sandbox: Sandbox, code: str, given: str, reason: Reason) -> None:
    found = proved(sandbox, code, given)
    assert isinstance(found, Rejection), found
    assert found.reason is reason, found


def test_the_student_sees_the_code_and_the_output_but_not_the_input(problem: Problem) -> None:
    (message,) = ABDUCTION.student_prompt(problem)
    assert problem.code in message.content
    assert f"```output\n{problem.outputs[0]}\n```" in message.content
    assert problem.inputs[0] not in message.content


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("[3, 1, 2]", Verdict.SOLVED),
        ("[6, 0, 0]", Verdict.SOLVED),
        ("[13, -7, 8]", Verdict.WRONG),
        ("(6, 0, 0)", Verdict.SOLVED),
        ("7", Verdict.EXCEPTION),
        ("[6, 0] + [0]", Verdict.NOT_A_LITERAL),
        ("*[]) if 0 else (True", Verdict.NOT_A_LITERAL),
        ("eval(gold_output)", Verdict.NOT_A_LITERAL),
        ("__import__('os').system('true')", Verdict.NOT_A_LITERAL),
        ("[" * 5000, Verdict.NOT_A_LITERAL),
    ],
)
def test_an_answer_gets_its_verdict(sandbox: Sandbox, problem: Problem, answer: str, verdict: Verdict) -> None:
    (grade,) = ABDUCTION.grade(problem, [f"```answer\n{answer}\n```"], sandbox)
    assert grade.verdict is verdict, grade


def test_one_hostile_answer_does_not_touch_the_others(sandbox: Sandbox) -> None:
    problem = Problem("p", "abduction", "def f(x):\n    while x == 13: pass\n    return x + 1", ("4",), ("5",), "", "")
    completions = [f"```answer\n{answer}\n```" for answer in ("4", "13", "'a'", "4", "5")]
    verdicts = [grade.verdict for grade in ABDUCTION.grade(problem, completions, sandbox)]
    assert verdicts == [Verdict.SOLVED, Verdict.TIMEOUT, Verdict.EXCEPTION, Verdict.SOLVED, Verdict.WRONG]


def test_an_attempt_does_not_change_the_reward_of_another(sandbox: Sandbox) -> None:
    found = proved(sandbox, "S = [0]\ndef f(x):\n    S[0] += x > 100\n    return [x + S[0], 'k']", "5")
    assert isinstance(found, Problem), found
    completions = [f"```answer\n{answer}\n```" for answer in ("500", "5", "600")]
    together = ABDUCTION.grade(found, completions, sandbox)
    assert together == [grade for text in completions for grade in ABDUCTION.grade(found, [text], sandbox)]
    assert [grade.verdict for grade in together] == [Verdict.WRONG, Verdict.SOLVED, Verdict.WRONG]
