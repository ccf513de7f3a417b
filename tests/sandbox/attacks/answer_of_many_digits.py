"""Answers with numbers and strings that take for ever to read, to compare or to print.
Seen: CVE-2020-10735 (int of a long string); found here for hexadecimal ones.
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

ANSWERS = ["9" * 90_000, "0x" + "f" * 90_000, "1e999", "-1e999", "1" + "_1" * 40_000, "'" + "\\x00" * 20_000 + "'", "1e400j"]
ATTACK = Answers(
    problem=problem("deduction", "def f(x):\n    return x + 1", ["3"], ["4"]),
    completions=[answer(text) for text in ANSWERS],
    verdicts=["wrong not_a_literal"] * len(ANSWERS),
)
