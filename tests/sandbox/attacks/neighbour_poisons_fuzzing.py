"""Answers so that the tested function's own state changes, and another student's input fails the test.
Seen: found here: all answers to one problem are tried in one process.
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

CODE = """seen = []
def f(x):
    if x == 40:
        seen.append(x)
    return x + len(seen)
def test(x):
    assert f(x) == x or x == 40
def is_valid(x):
    return type(x) is int"""
ATTACK = Answers(
    problem=problem("fuzzing", CODE, ["1", "2"]),
    completions=[answer("40"), answer("7")],
    verdicts=["wrong", "wrong"],
)
