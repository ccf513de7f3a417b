"""Returns numbers that compare oddly: NaN, infinities, negative zero, True for 1, complex for real.
Seen: found here; NaN is unequal to itself, and 1 == True == 1.0 in every grader that uses ==.
"""

from tests.sandbox.attacks.arena.attack import Answers, problem, python

ATTACK = Answers(
    problem=problem("induction", "", ["1"], ["1"]),
    completions=[
        python(f"def f(x):\n    return {value}") for value in ("True", "1.0", "1+0j", "float('nan')", "'1'", "[1]", "1")
    ],
    verdicts=["wrong"] * 6 + ["solved"],
)
