"""Gives several answers, in the hope that any of them is looked at: the last whole block alone counts.
Seen: found here; graders that search the reply for the expected text fall to a list of all numbers.
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

ATTACK = Answers(
    problem=problem("deduction", "def f(x):\n    return x + 1", ["3"], ["4"]),
    completions=[
        answer("4") + "\n" + answer("5"),
        answer("1\n2\n3\n4"),
        answer("5") + "\n```answer\n4",
        "The answer is 4.",
        answer("4") + "\n</think>\nno answer",
        answer("5") + "\n" + answer("4"),
    ],
    verdicts=["wrong", "not_a_literal", "wrong", "no_answer", "no_answer", "solved"],
)
