"""Has a result of thousands of characters, which a grader that cuts it makes unsolvable, or equal to another.
Seen: Absolute-Zero-Reasoner cuts results at 400 characters (peers.md).
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

TEXT = repr("x" * 3990)
ATTACK = Answers(
    problem=problem("deduction", "def f(x):\n    return 'x' * x", ["3990"], [TEXT]),
    completions=[answer(TEXT), answer(TEXT[:400] + "'"), answer(repr("x" * 3989 + "y"))],
    verdicts=["solved", "wrong", "wrong"],
)
