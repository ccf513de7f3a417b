"""Answers fuzzing with inputs that fail elsewhere than in the test: in f, in a helper, by another error.
Seen: found here; a fuzzing reward for any AssertionError is one for none of the test's.
"""

from tests.sandbox.attacks.arena.attack import Answers, answer, problem

CODE = """def f(x):
    assert x != 5
    return [][x] if x == 6 else x
def test(x):
    result = f(x)
    assert result < 9
def is_valid(x):
    assert x != 7
    return type(x) is int and x != 8"""
ATTACK = Answers(
    problem=problem("fuzzing", CODE, ["1", "9"]),
    completions=[answer(text) for text in ("5", "6", "7", "8", "1", "True", "'9'", "9")],
    verdicts=[
        "other_failure",
        "other_failure",
        "invalid_input",
        "invalid_input",
        "wrong",
        "invalid_input",
        "invalid_input",
        "solved",
    ],
)
