"""Fuzzing: proof and grader."""

import pytest

from steppingstone.environments import Fuzzing
from steppingstone.records import Problem, Proposal, Reason, Rejection, Verdict
from steppingstone.sandbox import Limits, Sandbox

FUZZING = Fuzzing(limits=Limits(seconds=0.5))
F = "def f(x):\n    return max(x) if len(x) != 3 else x[0]"
TEST = "def test(x):\n    assert f(x) == sorted(x)[-1]"
IS_VALID = "def is_valid(x):\n    return type(x) is list and len(x) > 0"


def proved(
    sandbox: Sandbox,
    f: str = F,
    test: str = TEST,
    is_valid: str = IS_VALID,
    passing: str = "[1, 2]",
    failing: str = "[1, 2, 3]",
) -> Problem | Rejection:
    code = "\n".join((f, test, is_valid))
    proposal = FUZZING.parse(f"```python\n{code}\n```\n```passing_input\n{passing}\n```\n```failing_input\n{failing}\n```")
    assert isinstance(proposal, Proposal)
    return FUZZING.prove(proposal, sandbox)


@pytest.fixture(scope="module")
def problem(sandbox: Sandbox) -> Problem:
    found = proved(sandbox)
    assert isinstance(found, Problem), found
    return found


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"passing": "[2, 1, 1, 3]", "failing": "[3, 1]"}, Reason.FAILING_INPUT_PASSES),
        ({"passing": "[1, 2, 3]", "failing": "[1, 2, 4]"}, Reason.PASSING_INPUT_FAILS),
        ({"passing": "(1, 2)"}, Reason.INPUT_NOT_VALID),
        ({"failing": "()"}, Reason.INPUT_NOT_VALID),
        ({"is_valid": "def is_valid(x):\n    return 1"}, Reason.INPUT_NOT_VALID),
        ({"failing": "['a', 1, 2]", "test": "def test(x):\n    assert f(x) == sorted(x)[-1]"}, Reason.FAILURE_IS_NOT_ASSERTION),
        ({"f": "def f(x):\n    assert len(x) != 3\n    return max(x)"}, Reason.FAILURE_IS_NOT_ASSERTION),
        ({"test": "def test(x):\n    while len(x) == 3: pass\n    assert f(x) == max(x)"}, Reason.TIMEOUT),
        ({"failing": "[1, 2]"}, Reason.TOO_FEW_INPUTS),
        ({"test": "def check(x):\n    assert f(x)"}, Reason.MISSING_FUNCTION),
        (
            {"f": "n = []\ndef f(x):\n    n.append(1)\n    return max(x) if len(n) < 2 and x[-1] != 3 else 0"},
            Reason.NONDETERMINISTIC,
        ),
        (
            {"f": "def f(x):\n    return 0 if x == [11, 12, 13] else max(x)", "failing": "[11, 12, 13]"},
            Reason.ANSWER_IN_STATEMENT,
        ),
    ],
)
def test_a_proposal_that_does_not_prove_itself_is_turned_away(sandbox: Sandbox, parts: dict[str, str], reason: Reason) -> None:
    found = proved(sandbox, **parts)
    assert isinstance(found, Rejection), found
    assert found.reason is reason, found


def test_the_student_sees_all_three_functions_and_neither_input(problem: Problem) -> None:
    (message,) = FUZZING.student_prompt(problem)
    assert all(f"def {name}(x)" in message.content for name in ("f", "test", "is_valid"))
    assert not any(text in message.content for text in problem.inputs)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("[5, 6, 7]", Verdict.SOLVED),
        ("[7, 6, 5]", Verdict.WRONG),
        ("(5, 6, 7)", Verdict.INVALID_INPUT),
        ("'abc'", Verdict.INVALID_INPUT),
        ("[1, 'a', None]", Verdict.OTHER_FAILURE),
        ("[1, 2, x]", Verdict.NOT_A_LITERAL),
    ],
)
def test_an_answer_gets_its_verdict(sandbox: Sandbox, problem: Problem, answer: str, verdict: Verdict) -> None:
    (grade,) = FUZZING.grade(problem, [f"```answer\n{answer}\n```"], sandbox)
    assert grade.verdict is verdict, grade


def test_an_attempt_does_not_change_the_reward_of_another(sandbox: Sandbox) -> None:
    found = proved(
        sandbox,
        f="S = [0]\ndef f(x):\n    S[0] += x > 100\n    return x + S[0]",
        test="def test(x):\n    assert f(x) != 42",
        is_valid="def is_valid(x):\n    return type(x) is int",
        passing="7",
        failing="42",
    )
    assert isinstance(found, Problem), found
    completions = [f"```answer\n{answer}\n```" for answer in ("200", "42", "41", "300")]
    verdicts = [grade.verdict for grade in FUZZING.grade(found, completions, sandbox)]
    assert verdicts == [Verdict.WRONG, Verdict.SOLVED, Verdict.WRONG, Verdict.WRONG]


@pytest.mark.parametrize(
    "f",
    [
        "def f(x):\n    def test(y):\n        assert len(y) != 3\n    test(x)\n    return max(x)",
        "class AssertionError(KeyError):\n    pass\ndef f(x):\n    return max(x)",
    ],
)
def test_a_namesake_of_the_test_or_of_its_failure_proves_nothing(sandbox: Sandbox, f: str) -> None:
    raising = "def test(x):\n    f(x)\n    if len(x) == 3:\n        raise AssertionError(x)" if "class" in f else TEST
    found = proved(sandbox, f=f, test=raising)
    assert isinstance(found, Rejection), found
    assert found.reason is Reason.FAILURE_IS_NOT_ASSERTION
