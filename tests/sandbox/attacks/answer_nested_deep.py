"""Answers with literals nested deeper than a parser's stack.
Seen: CPython's documentation of ast.literal_eval: it may crash the interpreter; Python issue 95588.
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

ANSWERS = [
    "(" * 90_000,
    "[" * 150 + "]" * 150,
    "-" * 90_000 + "4",
    "1+" * 40_000 + "1j",
    "{" * 190 + "}" * 190,
    "'4'" * 30_000,
    "(" * 90 + ")" * 90,
]
ATTACK = Answers(
    problem=problem("deduction", "def f(x):\n    return x + 1", ["3"], ["4"]),
    completions=[answer(text) for text in ANSWERS] + [answer("4")],
    verdicts=["wrong not_a_literal"] * len(ANSWERS) + ["solved"],
)
