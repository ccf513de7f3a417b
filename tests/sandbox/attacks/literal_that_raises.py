"""Answers abduction with a literal on which f raises, as a fallback may take the error itself for an output.
Seen: Absolute-Zero-Reasoner: a fallback evaluates a literal, TypeError for lists (peers.md).
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

ATTACK = Answers(
    problem=problem("abduction", "def f(x):\n    return [x + 1]", ["3"], ["[4]"]),
    completions=[answer(text) for text in ("[3]", "'3'", "None", "{}", "[4]", "3", "3.0")],
    verdicts=["exception"] * 5 + ["solved", "wrong"],
)
