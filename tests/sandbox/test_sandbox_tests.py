"""Tests that are code: what they can do to a solution, and what a solution cannot do to them."""

import pytest

from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, Sandbox, graph

NODE = """
class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next
def nodes(values):
    head = None
    for value in reversed(values): head = Node(value, head)
    return head
def same(one, other):
    while one and other:
        if one.value != other.value: return False
        one, other = one.next, other.next
    return one is other
"""
ACCOUNT = """
class Overdrawn(ValueError): pass
class Account:
    bank = "B"
    def __init__(self, balance=0): self.balance = balance
    def pay(self, amount):
        if amount > self.balance: raise Overdrawn(f"only {self.balance}")
        self.balance -= amount
        return self
    def __len__(self): return self.balance
    def __iter__(self): return iter([1, 2])
    def __enter__(self): return self
    def __exit__(self, *error): self.balance = -1
    @staticmethod
    def none(): return None
"""


@pytest.mark.parametrize(
    ("solution", "tests"),
    [
        ("def f(x): return x + 1", "assert f(1) == 2\nassert [f(x) for x in range(3)] == [1, 2, 3]"),
        ("def f(x): return x + 1", "from solution import f\ndef test_it():\n    assert f(1) == 2"),
        ("def sum(a, b): return a - b", "import solution\nassert solution.sum(1, 2) == -1\nassert sum([1, 2]) == 3"),
        ("def f(a, *b, c=0, **d): return [a, b, c, d]", "assert f(1, 2, c=3, e=4) == [1, (2,), 3, {'e': 4}]"),
        ("def f(a): a[0].append(1); a.append(a)", "inner = []\na = [inner]\nf(a)\nassert inner == [1] and a[1] is a"),
        ("LIMIT = 7\ndef f(): return 1", "assert LIMIT == 7"),
        ("from collections import Counter\ndef f(x): return Counter(x)", "assert f('aab') == {'a': 2, 'b': 1}"),
        ("def f(d): return d.replace(day=1)", "from datetime import date\nassert f(date(2024, 2, 3)) == date(2024, 2, 1)"),
        ("def check(): return 0\ndef f(x): return x", "def check(c):\n    assert c(3) == 3\ncheck(f)"),
        (
            NODE + "def f(n):\n    last = None\n    while n: n.next, last, n = last, n, n.next\n    return last",
            NODE + "assert same(f(nodes(range(3000))), nodes(range(2999, -1, -1)))",
        ),
        (ACCOUNT, "a = Account(5)\nassert a.pay(2).balance == 3 and Account.bank == 'B' and Account.none() is None"),
        (
            ACCOUNT,
            "a = Account(5)\na.balance = 9\nassert (len(a), list(a), 2 in a, isinstance(a, Account)) == (9, [1, 2], 1, 1)",
        ),
        (ACCOUNT, "with Account(5) as a:\n    assert a.balance == 5\nassert a.balance == -1"),
        (ACCOUNT, "try:\n    Account(1).pay(2)\nexcept Overdrawn as error:\n    assert str(error) == 'only 1'"),
        ("def f(x, kind): return [y for y in x if type(y) is kind]", "assert f([1, 'a', True], int) == [1]"),
        ("def f(x): return {type(x): [None.__class__]}", "assert f(1.5) == {float: [type(None)]}"),
        ("def f(x, kind): return isinstance(x, kind)", "assert f(1, (int, str)) and not f(b'', (int, str))"),
        ("def f(k): return {}[k]", "try: f('x')\nexcept KeyError as error: assert error.args == ('x',)"),
    ],
)
def test_tests_that_hold_run_through(sandbox: Sandbox, solution: str, tests: str) -> None:
    outcome = sandbox.run_tests(solution, tests)
    assert outcome.verdict is ExecutionVerdict.OK, outcome


UNITTEST = """
import unittest
class AccountTest(unittest.TestCase):
    def setUp(self): self.account = Account(3)
    def test_pay(self): self.assertEqual(self.account.pay(1).balance, 2)
    def test_overdrawn(self):
        with self.assertRaises(ValueError) as context: self.account.pay(4)
        self.assertEqual(str(context.exception), "only 3")
    def test_pays_all(self):
        for n in range(3):
            with self.subTest(n): self.assertEqual(Account(n).pay(n).balance, WANTED)
"""


def test_unittest_cases_are_counted(sandbox: Sandbox) -> None:
    assert sandbox.run_tests(ACCOUNT, UNITTEST.replace("WANTED", "0")).text == "3"


def test_a_unittest_case_that_fails_is_wrong(sandbox: Sandbox) -> None:
    outcome = sandbox.run_tests(ACCOUNT, UNITTEST.replace("WANTED", "1"))
    assert (outcome.verdict, outcome.detail) == (ExecutionVerdict.WRONG, "AssertionError: 0 != 1")


def test_what_the_solution_raises_is_told_with_its_line(sandbox: Sandbox) -> None:
    outcome = sandbox.run_tests("def f(x):\n    return 1 / x", "assert f(1) == 1\nassert f(0) == 1")
    assert (outcome.verdict, outcome.exception_type, outcome.exception_line) == ("exception", "ZeroDivisionError", 2)


@pytest.mark.parametrize(
    ("solution", "tests", "verdict"),
    [
        ("def f(", "assert f() == 1", "syntax_error"),
        ("import nothing", "assert f() == 1", "exception"),
        ("def g(): pass", "assert f() == 1", "exception"),
        ("while True: pass", "assert f() == 1", "timeout"),
        ("def f():\n    while True: pass", "assert f() == 1", "timeout"),
        ("def f(): pass", "while True: pass", "timeout"),
        ("def f(): return [0] * 10**10", "assert f() == 1", "exception"),
        ("def f(): return 'x' * 10**7 * 2", "assert f() == 1", "exception"),
    ],
)
def test_tests_end_with(sandbox: Sandbox, solution: str, tests: str, verdict: str) -> None:
    assert sandbox.run_tests(solution, tests, Limits(seconds=0.5)).verdict.value == verdict


CHANNEL = """
import os, struct, sys
def frames(*kinds):
    frame = sys._getframe()
    while "channel" not in frame.f_locals: frame = frame.f_back
    for kind in kinds:
        for index in range(3): os.write(frame.f_locals["channel"], struct.pack("<BII", kind, index, 1) + b"1")
"""
YES = "class Yes:\n" + "".join(
    f"    def __{name}__(self, *other): return True\n" for name in "eq ne lt gt le ge contains bool".split()
)


@pytest.mark.parametrize(
    "solution",
    [
        YES + "def f(x): return Yes()",
        YES.replace("class Yes", "class Yes(int)") + "    __hash__ = None\ndef f(x): return Yes()",
        "class Near:\n    def __sub__(self, other): return 0\n    __rsub__ = __sub__\ndef f(x): return Near()",
        "import os\ndef f(x): os._exit(0)",
        "import sys\ndef f(x): sys.exit(0)",
        "raise SystemExit",
        "import os\nos._exit(0)",
        CHANNEL + "def f(x): frames(0)",
        CHANNEL + "def f(x): frames(7, 0)",
        CHANNEL + "frames(0)",
        CHANNEL + "def f(x): frames(9)",
        "def f(x): raise KeyboardInterrupt",
        "class SkipTest(Exception): pass\ndef f(x): raise SkipTest",
        "import sys\ndef f(x):\n    sys.modules['tests'].__dict__.clear()",
        "import builtins\nbuiltins.abs = lambda x: 0\ndef f(x): return builtins",
        "abs = isinstance = lambda *x: True\nclass AssertionError: pass\ndef f(x): return f",
        "def f(x):\n    x.append(x)\n    return x",
    ],
)
def test_a_solution_cannot_pass_by(sandbox: Sandbox, solution: str) -> None:
    tests = "values = [3]\nresult = f(values)\nassert result == 4711 or abs(result - 4711) < 1\n"
    outcome = sandbox.run_tests(solution, tests)
    assert outcome.verdict is not ExecutionVerdict.OK, outcome
    assert sandbox.run_tests("def f(x): return 4711", tests).verdict is ExecutionVerdict.OK


def test_a_solution_cannot_pass_by_a_method_of_its_own_in_a_shared_class(sandbox: Sandbox) -> None:
    shared = "class P:\n    def __init__(self, x): self.x = x\n    def same(self, other): return self.x == other.x\n"
    tests = shared + "assert f().same(P(4711))"
    forged = shared + "def f():\n    p = P(1)\n    p.same = lambda other: True\n    return p"
    assert sandbox.run_tests(forged, tests).verdict is not ExecutionVerdict.OK
    assert sandbox.run_tests(shared + "def f(): return P(4711)", tests).verdict is ExecutionVerdict.OK


def test_a_solution_sees_nothing_of_the_tests(sandbox: Sandbox) -> None:
    spy = """
import gc
def f(reversed):
    kept = [item for item in gc.get_objects() if type(item) in (list, dict, tuple)]
    return sum(reversed[::-1] in str(item) for item in kept)
"""
    outcome: Outcome = sandbox.run_tests(spy, "expected = 'ytrof seulav detcepxe'\nassert f('expected values forty') == 0")
    assert outcome.verdict is ExecutionVerdict.OK, outcome


class Fixed:
    __slots__ = ("x",)

    @property
    def y(self) -> object:
        return self.x

    def __hash__(self) -> int:
        return hash(self.x)


@pytest.mark.parametrize(
    "message",
    [
        b'[{"r":0},[["o","Fixed",[["z",1]]]]]',
        b'[{"r":0},[["o","Fixed",[["y",1]]]]]',
        b'[{"r":0},[["o","Fixed",[[1,1]]]]]',
        b'[{"r":0},[["o","Fixed",[["__class__",1]]]]]',
        b'[{"z":[{"r":0}]},[["o","Fixed",[]]]]',
        b'[{"r":0},[["",[]]]]',
    ],
)
def test_a_forged_state_of_an_object_is_refused(message: bytes) -> None:
    for known in ([], [Fixed()], [[]]):
        with pytest.raises((ValueError, LookupError)):
            graph.Reader({"Fixed": Fixed}, lambda body: None, known).unpack(message)


def test_a_class_that_takes_no_such_attribute_is_an_exception(sandbox: Sandbox) -> None:
    tests = "class P:\n    def __init__(self): self.y = 1\nassert f(P()) == 1"
    outcome = sandbox.run_tests("class P:\n    __slots__ = ('x',)\ndef f(p): return 1", tests)
    assert (outcome.verdict, outcome.exception_type) == (ExecutionVerdict.EXCEPTION, "ValueError")
