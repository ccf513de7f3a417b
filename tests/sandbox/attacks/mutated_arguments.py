"""Changes its arguments in place, to spoil the inputs, or the expected values, that come later.
Seen: graders that pass one list to the reference and to the candidate (LiveCodeBench fixed one such).
"""

from tests.sandbox.attacks.arena.attack import Answers, problem, python

ATTACK = Answers(
    problem=problem("induction", "", ["[1, 2]", "[1, 3]", "[1, 2, 3]"], ["[2]", "[2]", "[2]"]),
    completions=[
        python("kept = []\ndef f(x):\n    kept.append(x)\n    for old in kept:\n        old[:] = [2]\n    return kept[0]"),
        python("kept = []\ndef f(x):\n    kept.append(x)\n    for old in kept:\n        old.append(2)\n    return x"),
    ],
    verdicts=["solved", "wrong"],
)
