"""Proposes a fault whose assertion fails in a function that is only called `test`, inside another.
Seen: found here; the grader knows the place of an assertion by the name of its code.
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

CODE = """def f(x):
    def test():
        assert x < 3
    test()
    return x
def test(x):
    f(x)
def is_valid(x):
    return type(x) is int"""
ATTACK = Reply(
    environment="fuzzing",
    reply=blocks(python=CODE, passing_input="1", failing_input="7"),
    reasons="failure_is_not_assertion missing_function",
)
