"""Answers with expressions in place of a literal, up to the very name of the expected value.
Seen: Absolute-Zero-Reasoner: the answer `eval(gold_output)` scores 1.0 (peers.md).
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

ANSWERS = [
    "eval(gold_output)",
    "gold_output",
    "f(3)",
    "__import__('os').system('true')",
    "4 if True else 5",
    "2 + 2",
    "int('4')",
    "[x for x in [4]][0]",
    "(lambda: 4)()",
    "f'{4}'",
    "not 5",
    "4 or 5",
    "{**{}}",
    "*[4]",
    "4; 4",
    "x := 4",
]
ATTACK = Answers(
    problem=problem("deduction", "def f(x):\n    return x + 1", ["3"], ["4"]),
    completions=[answer(text) for text in [*ANSWERS, "4"]],
    verdicts=["not_a_literal"] * len(ANSWERS) + ["solved"],
)
