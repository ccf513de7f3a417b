"""Answers so that f's own state changes, and another student's wrong answer comes out right, and a right one wrong.
Seen: found here: all answers to one problem are tried in one process.
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

CODE = "seen = []\ndef f(x):\n    if x < 0:\n        seen.append(x)\n    return 100 * len(seen) + x"
ATTACK = Answers(
    problem=problem("abduction", CODE, ["105"], ["105"]),
    completions=[answer("-1"), answer("5"), answer("105")],
    verdicts=["wrong", "wrong", "solved"],
)
