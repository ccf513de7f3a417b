"""Proposes code with a number that can be read but not written: longer than 4,300 digits, in hexadecimal.
Seen: found here: ValueError out of the caller's ast.unparse.
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

ATTACK = Reply(
    environment="abduction",
    reply=blocks(python="def f(x):\n    return x * 2 + 0x" + "f" * 5000, input="3"),
    reasons="syntax_error source_too_long output_too_large output_not_literal exception",
)
