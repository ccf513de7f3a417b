"""Proposes a fault whose test raises a class that is only called AssertionError.
Seen: found here; the grader knows an exception by the name of its class.
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

CODE = """class AssertionError(KeyError):
    pass
def f(x):
    return x
def test(x):
    if f(x) > 3:
        raise AssertionError
def is_valid(x):
    return type(x) is int"""
ATTACK = Reply(
    environment="fuzzing",
    reply=blocks(python=CODE, passing_input="1", failing_input="7"),
    reasons="failure_is_not_assertion",
)
