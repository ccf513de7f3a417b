"""Induction: proof and grader."""

import pytest

from steppingstone.environments import Induction
from steppingstone.records import Problem, Proposal, Reason, Rejection, Verdict
from steppingstone.sandbox import Limits, Sandbox

CODE = "def f(x):\n    return sorted(x)[::-1] + [len(x)]"
INPUTS = [str([7 * i % 5, i, 3]) for i in range(10)]
INDUCTION = Induction(limits=Limits(seconds=0.5))


def reply(code: str = CODE, inputs: list[str] = INPUTS, hint: str = "order and count") -> str:
    return "\n".join(["```python", code, "```", "```inputs", *inputs, "```", "```hint", hint, "```"])


def proved(sandbox: Sandbox, **parts: object) -> Problem | Rejection:
    proposal = INDUCTION.parse(reply(**parts))  # type: ignore[arg-type]
    assert isinstance(proposal, Proposal)
    return INDUCTION.prove(proposal, sandbox)


@pytest.fixture(scope="module")
def problem(sandbox: Sandbox) -> Problem:
    found = proved(sandbox)
    assert isinstance(found, Problem), found
    return found


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"inputs": INPUTS[:9]}, Reason.TOO_FEW_INPUTS),
        ({"inputs": INPUTS[:9] + INPUTS[:1]}, Reason.TOO_FEW_INPUTS),
        ({"inputs": [*INPUTS, "[1, 2"]}, Reason.INPUT_NOT_LITERAL),
        ({"inputs": [*INPUTS, "list(range(3))"]}, Reason.INPUT_NOT_LITERAL),
        ({"code": "def f(x):\n    return 1"}, Reason.CONSTANT_OUTPUT),
        ({"code": "def f(x):\n    return x[9]"}, Reason.EXCEPTION),
        ({"code": "def f(x):\n    while x: pass"}, Reason.TIMEOUT),
        ({"code": "def f(x):\n    return [0] * 10**9"}, Reason.MEMORY),
        ({"code": "def f(x):\n    return object()"}, Reason.OUTPUT_NOT_LITERAL),
        ({"code": "def f(x):\n    return x[1] * float('nan')"}, Reason.OUTPUT_NOT_LITERAL),
        ({"code": "def f(x):\n    return 'y' * (5000 + x[1])"}, Reason.OUTPUT_TOO_LARGE),
        ({"code": "def f(x):\n    return [*{str(i) for i in x}]"}, Reason.NONDETERMINISTIC),
        ({"code": "def f(x):\n    return id(x)"}, Reason.NONDETERMINISTIC),
        ({"code": "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)"}, Reason.NONDETERMINISTIC),
        ({"hint": "return sorted(x)[::-1] + [len(x)]"}, Reason.ANSWER_IN_STATEMENT),
        ({"hint": "sorted(x)[::-1]+[len(x)]"}, Reason.ANSWER_IN_STATEMENT),
        ({"hint": "h" * 201}, Reason.ANSWER_IN_STATEMENT),
        ({"inputs": [str([i]) for i in range(51)]}, Reason.TOO_MANY_INPUTS),
        (
            {"code": "def f(x):\n    return [x[1] + 1000] * 600", "inputs": [f"[0, {i}]" for i in range(20)]},
            Reason.STATEMENT_TOO_LONG,
        ),
    ],
)
def test_a_proposal_that_does_not_prove_itself_is_turned_away(
    sandbox: Sandbox, parts: dict[str, object], reason: Reason
) -> None:
    found = proved(sandbox, **parts)
    assert isinstance(found, Rejection), found
    assert found.reason is reason, found


@pytest.mark.parametrize("label", ["python", "inputs", "hint"])
def test_a_reply_without_one_of_its_blocks_is_no_proposal(label: str) -> None:
    found = INDUCTION.parse(reply().replace(f"```{label}", "```other"))
    assert isinstance(found, Rejection)
    assert found.reason is Reason.MISSING_BLOCK
    assert label in found.detail


def test_the_student_sees_the_hint_and_every_other_pair_but_not_the_code(problem: Problem) -> None:
    (message,) = INDUCTION.student_prompt(problem)
    assert "order and count" in message.content
    assert [f"f({text}) ==" in message.content for text in problem.inputs] == [True, False] * 5
    assert "sorted" not in message.content


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def f(x):\n    return sorted(x, reverse=True) + [3]", Verdict.SOLVED),
        ("def f(x):\n    return x", Verdict.WRONG),
        ("def f(x):\n    return tuple(sorted(x)[::-1] + [3])", Verdict.WRONG),
        ("def f(x):\n    return {'a': 1}[x]", Verdict.EXCEPTION),
        ("def f(x):\n    while True: pass", Verdict.TIMEOUT),
        ("def g(x):\n    return x", Verdict.MISSING_FUNCTION),
        ("def f(x:", Verdict.SYNTAX_ERROR),
        ("class L(list):\n    __eq__ = lambda s, o: True\ndef f(x):\n    return L()", Verdict.NOT_A_LITERAL),
        ("import sys\ndef f(x):\n    sys.exit(0)", Verdict.EXCEPTION),
        ("def f(x):\n    x.sort(reverse=True)\n    return x + [3]", Verdict.SOLVED),
    ],
)
def test_a_solution_gets_its_verdict(sandbox: Sandbox, problem: Problem, code: str, verdict: Verdict) -> None:
    (grade,) = INDUCTION.grade(problem, [f"I think\n```python\n{code}\n```"], sandbox)
    assert grade.verdict is verdict, grade


def test_a_solution_that_knows_the_visible_pairs_alone_earns_nothing(sandbox: Sandbox, problem: Problem) -> None:
    table = dict(zip(problem.inputs[::2], problem.outputs[::2], strict=True))
    (grade,) = INDUCTION.grade(problem, [f"```python\ndef f(x):\n    return eval({table!r}.get(str(x), '0'))\n```"], sandbox)
    assert grade.verdict is Verdict.WRONG


def test_no_code_is_no_answer(sandbox: Sandbox, problem: Problem) -> None:
    assert [grade.verdict for grade in INDUCTION.grade(problem, ["", "none", "```python\n```"], sandbox)] == [
        Verdict.NO_ANSWER
    ] * 3
