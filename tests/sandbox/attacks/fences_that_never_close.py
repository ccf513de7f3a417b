"""Answers with lines of fences on which a reader of markdown backtracks for minutes.
Seen: found here: `~` times 1,000 and a backquote took the reader of replies 4 s, growing with the cube.
"""

from tests.sandbox.attacks.arena.attack import Answers, problem

ATTACK = Answers(
    problem=problem("deduction", "def f(x):\n    return x + 1", ["3"], ["4"]),
    completions=[
        "~" * 100_000 + "`",
        "```" + "a" * 100_000 + "`",
        "`" * 100_000,
        "``` " + " a" * 50_000 + "`",
        "~~~" + " " * 10**5 + "`",
    ],
    verdicts=["no_answer"] * 5,
)
