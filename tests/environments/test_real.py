"""Real problems: adopted with their tests, graded by them, and by nothing that an answer can reach."""

from collections.abc import Callable, Sequence

import pytest

from steppingstone.environments import Basis, Real
from steppingstone.environments.base import fenced
from steppingstone.errors import BadInput
from steppingstone.real import humaneval, livecodebench, solved
from steppingstone.real.checks import from_json
from steppingstone.real.problem import RealProblem
from steppingstone.records import Problem, Proposal, Reason, Rejection, Steer, Verdict
from steppingstone.sandbox import Limits, Sandbox
from tests.real.problems import ASSERTS, HUMANEVAL, LCB_FUNCTIONAL, LCB_STDIN, LIMITS, STDIO, UNITTEST, adopted

REAL = Real()
SOLVED: dict[str, tuple[RealProblem, str]] = {
    "humaneval": (humaneval.read(HUMANEVAL), "def half(n):\n    return n // 2"),
    "asserts": (solved.read(ASSERTS), "def add_three(n):\n    return 3 + n"),
    "stdio": (solved.read(STDIO), "print(sum(range(int(input()) + 1)))"),
    "unittest": (solved.read(UNITTEST), str(UNITTEST["solution"])),
    "lcb stdin": (livecodebench.read(LCB_STDIN), "print(2 * int(input()))"),
    "lcb functional": (
        livecodebench.read(LCB_FUNCTIONAL),
        "class Solution:\n    def pair(self, a: int, b: int) -> List[int]:\n        return min(a, b), max(a, b)",
    ),
}


def verdicts(problem: Problem, codes: Sequence[str], sandbox: Sandbox) -> list[Verdict]:
    return [grade.verdict for grade in REAL.grade(problem, [fenced("python", code) for code in codes], sandbox)]


@pytest.mark.parametrize("kind", SOLVED)
def test_a_right_answer_is_solved_and_others_are_not(sandbox: Sandbox, kind: str) -> None:
    given, right = SOLVED[kind]
    problem = adopted(given, sandbox)
    assert verdicts(problem, [right], sandbox) == [Verdict.SOLVED]
    assert Verdict.SOLVED not in verdicts(problem, ["pass", "x = 1", right + "\nraise ValueError"], sandbox)


CHEATS: dict[str, str] = {
    "prints what it should return": "print(4)\nprint('OK')\nprint('10')",
    "leaves with success": "import sys\nsys.exit(0)",
    "leaves the process with success": "import os\nos._exit(0)",
    "equals everything": (
        "class Any(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "    def __hash__(self): return 0\n"
        "def half(n): return Any()\ndef add_three(n): return Any()\n"
        "class Counter2:\n    def add(self): return Any()\n"
        "class Solution:\n    def pair(self, a, b): return Any()\nprint(Any())"
    ),
    "makes assertions pass": (
        "import builtins, unittest\nbuiltins.AssertionError = type('Quiet', (Exception,), {})\n"
        "unittest.TestCase.assertEqual = lambda *a, **k: None\nunittest.TestCase.run = lambda *a, **k: None\n"
        "def half(n): return 0\ndef add_three(n): return 0\nclass Counter2:\n    def add(self): return 0\n"
        "class Solution:\n    def pair(self, a, b): return 0\n"
        "def check(candidate): pass\nbuiltins.check = check\nbuiltins.sorted = lambda x: [8]"
    ),
    "reads expected values from frames": (
        "import sys, re\n"
        "def peek(*_):\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:\n"
        "            if isinstance(value, (str, bytes)) and re.search('assert|expected', str(value)):\n"
        "                return eval(str(value).split('==')[1])\n"
        "        frame = frame.f_back\n"
        "half = add_three = peek\nclass Counter2:\n    add = peek\nclass Solution:\n    pair = peek\nprint(peek())"
    ),
    "looks for test sources": (
        "import gc\nfound = [o for o in gc.get_objects() if isinstance(o, str) and 'assert ' in o]\n"
        "def half(n): return eval(found[0].split('==')[1])\nadd_three = half\n"
        "class Counter2:\n    add = half\nclass Solution:\n    def pair(self, a, b): return half(a)\nprint(half(1))"
    ),
    "reads files": "for name in ('/proc/self/cmdline', 'tests.py', '/tmp'):\n    print(open(name).read())",
    "recites the examples of the statement": "def half(n): return {8: 4}[n]\ndef add_three(n): return {1: 4}[n]\nprint(10)",
}


@pytest.mark.parametrize("kind", SOLVED)
@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_earns_nothing(sandbox: Sandbox, kind: str, cheat: str) -> None:
    problem = adopted(SOLVED[kind][0], sandbox)
    (grade,) = REAL.grade(problem, [fenced("python", CHEATS[cheat])], sandbox)
    assert grade.reward == 0, grade


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def add_three(n):\n    return n", Verdict.WRONG),
        ("def add_three(n):\n    return 1 / 0", Verdict.EXCEPTION),
        ("def add_three(n):\n    while True: pass", Verdict.TIMEOUT),
        ("def add_three(n):\n    return [0] * 10**10", Verdict.MEMORY),
        ("def add_two(n):\n    return n", Verdict.MISSING_FUNCTION),
        ("def add_three(n) return n", Verdict.SYNTAX_ERROR),
        ("import os, signal\ndef add_three(n):\n    os.abort()", Verdict.KILLED),
    ],
)
def test_a_failure_has_its_verdict(sandbox: Sandbox, code: str, verdict: Verdict) -> None:
    assert verdicts(adopted(solved.read(ASSERTS), sandbox), [code], sandbox) == [verdict]


def test_an_endless_program_is_stopped_at_the_problems_own_limit(sandbox: Sandbox) -> None:
    problem = adopted(solved.read(STDIO), sandbox)
    (grade,) = REAL.grade(problem, [fenced("python", "while True: pass")], sandbox)
    assert (grade.verdict, grade.detail) == (Verdict.TIMEOUT, "longer than 2 s")


def test_the_last_block_counts_whatever_its_label(sandbox: Sandbox) -> None:
    problem = adopted(solved.read(STDIO), sandbox)
    right, wrong = fenced("py", SOLVED["stdio"][1]), fenced("python", "print(0)")
    replies = [f"{wrong}\n{right}", f"{right}\n{wrong}", "no block", fenced("python", "  "), right[:-3]]
    assert [grade.verdict for grade in REAL.grade(problem, replies, sandbox)] == [
        Verdict.SOLVED,
        Verdict.WRONG,
        Verdict.NO_ANSWER,
        Verdict.NO_ANSWER,
        Verdict.NO_ANSWER,
    ]


def test_a_statement_holds_the_task_and_the_answers_form_and_not_the_reference_nor_hidden_tests() -> None:
    with Sandbox(1) as sandbox:
        told = {kind: adopted(given, sandbox).statement for kind, (given, _) in SOLVED.items()}
    assert "The half of n." in told["humaneval"]
    assert "n // 2" not in told["humaneval"]
    assert "Write Python code that defines `add_three`." in told["asserts"]
    assert "assert" not in told["asserts"]
    assert "Write a whole Python program that reads standard input" in told["stdio"]
    assert "5050" not in told["stdio"]
    assert "the class `Solution` with the method `pair`" in told["lcb functional"]
    assert all(text.endswith("```python\n...\n```") for text in told.values())
    assert REAL.student_prompt(Problem("", "real", "", (), (), "", "asked"))[0].content == "asked"


def test_a_reference_that_fails_its_tests_makes_no_problem(sandbox: Sandbox) -> None:
    found = REAL.adopt(solved.read(ASSERTS | {"solution": "def add_three(n):\n    return n"}), LIMITS, LIMITS, sandbox)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.REFERENCE_NOT_SOLVED
    assert "verdict is wrong" in found.detail


def test_a_reference_that_stands_in_the_statement_makes_no_problem(sandbox: Sandbox) -> None:
    found = REAL.adopt(solved.read(ASSERTS | {"statement": f"Copy this: {ASSERTS['solution']}"}), LIMITS, LIMITS, sandbox)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.ANSWER_IN_STATEMENT


def test_a_statement_that_is_too_long_makes_no_problem(sandbox: Sandbox) -> None:
    found = REAL.adopt(solved.read(ASSERTS | {"statement": "long " * 5_000}), LIMITS, LIMITS, sandbox)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.STATEMENT_TOO_LONG


def test_a_slow_reference_gets_the_longer_limit_and_so_do_its_students(sandbox: Sandbox) -> None:
    slow = "import time\ndef add_three(n):\n    for _ in range(10**7): pass\n    return n + 3"
    short, long = Limits(0.1, 256), Limits(30.0, 256)
    problem = REAL.adopt(solved.read(ASSERTS | {"solution": slow}), short, long, sandbox)
    assert isinstance(problem, Problem)
    assert from_json(problem.tests).limits == long
    quick = REAL.adopt(solved.read(ASSERTS), long, Limits(31.0, 256), sandbox)
    assert isinstance(quick, Problem)
    assert from_json(quick.tests).limits == long


def test_no_teacher_is_asked_for_a_real_problem(sandbox: Sandbox) -> None:
    asked: list[Callable[[], object]] = [
        lambda: REAL.teacher_prompt(Basis(Steer.FIRST)),
        lambda: REAL.parse("```python\n```"),
        lambda: REAL.prove(Proposal("real", "", ()), sandbox),
    ]
    for ask in asked:
        with pytest.raises(BadInput, match=r"no teacher states problems .* real\.paths"):
            ask()


def test_a_problem_of_another_environment_is_not_graded(sandbox: Sandbox) -> None:
    with pytest.raises(BadInput, match="is not what a real problem is graded by"):
        REAL.grade(Problem("p", "induction", "", (), (), "", ""), ["x"], sandbox)
