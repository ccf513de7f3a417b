"""Forges values nested so deep that reading them overruns the reader's stack.
Seen: found here; json and literal_eval recurse (CPython issues 31113, 95588).
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

SOURCE = with_channel("""
import struct
BODIES = [b"[" * 900000, b"[" * 400000 + b"]" * 400000, b'{"t":[' * 60000 + b"]}" * 60000, b"[" * 65 + b"1" + b"]" * 65]
def f(n):
    send(struct.pack("<BII", 0, 0, len(BODIES[n])) + BODIES[n])
""")
ATTACK = Program(apart=True, source=SOURCE, ends="not_a_literal output_too_large", inputs=[[n] for n in range(4)])
