"""Proposes code that imports by __import__, and by names reached through others.
Seen: Absolute-Zero-Reasoner (peers.md); here through the builtins of an allowed module.
"""

from tests.sandbox.attacks.arena.attack import Reply, blocks

CODE = "def f(x):\n    return __import__('random').choice([x, x])"
ATTACK = Reply(environment="deduction", reply=blocks(python=CODE, input="3"), reasons="forbidden_name")
