"""Answers with a set literal whose items all share one hash.
Seen: CVE-2012-1150; found here for a grader that reads a student's literal.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Answers, answer, problem

ATTACK = Answers(
    problem=problem("deduction", "def f(x):\n    return x + 1", ["3"], ["4"]),
    completions=[answer("{" + ", ".join(str(k * (2**61 - 1)) for k in range(2, 4500)) + "}"), answer("4")],
    verdicts=["wrong not_a_literal", "solved"],
    limits=Limits(seconds=2),
)
