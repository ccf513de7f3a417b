"""Returns an object that equals everything, to pass whatever it is compared with.
Seen: human-eval, LiveCodeBench, Absolute-Zero-Reasoner (an induction solution that "passes"); sandbox.md.
"""

from tests.sandbox.attacks.arena.attack import Answers, problem, python

ATTACK = Answers(
    problem=problem("induction", "def f(x):\n    return x + 1", [str(n) for n in range(10)], [str(n + 1) for n in range(10)]),
    completions=[
        python(
            "class Yes:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
            "def f(x):\n    return Yes()"
        )
    ],
    verdicts=["not_a_literal"],
)
