"""Announces frames of gigabytes, and of lengths that overflow.
Seen: Absolute-Zero-Reasoner's parent hung 45 s (sandbox.md).
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

SOURCE = with_channel("""
import struct
def f(n):
    send(struct.pack("<BII", n % 2, 0, [2**32 - 1, 2**31, 10**6 + 1, 16385][n // 2]) + b"1" * 100)
    return n
""")
ATTACK = Program(apart=True, source=SOURCE, ends="killed timeout", inputs=[[n] for n in (0, 1, 2, 3, 4, 5, 7)])
