"""Holds a NUL byte, before which one parser stops and another does not.
Seen: CPython issue 96670.
"""

from tests.sandbox.attacks.arena.attack import Program

ATTACK = Program(source="def f():\n    return 1\n\0def f():\n    return 2", ends="syntax_error")
