"""Keeps state from input to input of one call, to answer by position instead of by value.
Seen: found here; hidden pairs must not follow from the order of calls.
"""

from tests.sandbox.attacks.arena.attack import Answers, problem, python

ATTACK = Answers(
    problem=problem("induction", "", [str(n) for n in (5, 3, 8, 1)], [str(n) for n in (6, 4, 9, 2)]),
    completions=[python("calls = iter(range(100))\ndef f(x):\n    return [6, 4, 9, 0][next(calls)]")],
    verdicts=["wrong"],
)
