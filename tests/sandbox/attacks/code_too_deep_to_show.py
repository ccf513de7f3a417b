"""Proposes code nested so deep that the caller's own tools for it overrun their stack.
Seen: found here: RecursionError out of the caller's ast.NodeTransformer, at 400 signs of minus.
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

ATTACK = Reply(
    environment="abduction",
    reply=blocks(python="def f(x):\n    return x * 2 + " + "-" * 2500 + "1", input="3"),
    reasons="syntax_error source_too_long memory exception",
)
