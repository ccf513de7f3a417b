"""Forges the frame of another value than the one returned: it counts as that claim, and as no more.
Seen: sandbox.md, "forged result channel".
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import claim, with_channel

ATTACK = Program(source=with_channel(f"def f():\n    send({claim(0, b'42')!r})\n    return 1"), ends="ok", value="42")
