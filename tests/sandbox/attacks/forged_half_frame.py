"""Writes its frame a byte at a time, and half of one before it goes on computing, to stretch its time.
Seen: Absolute-Zero-Reasoner's parent hung (sandbox.md); slow-loris on HTTP servers.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import claim, with_channel

SOURCE = with_channel(f"""
import time
def f(n):
    data = {claim(0, b"1" * 9999)!r}
    if n:
        send(data[:20])
        while True: pass
    for byte in data:
        send(bytes([byte]))
        time.sleep(0.01)
""")
ATTACK = Program(source=SOURCE, ends="timeout", inputs=[[0], [1]])
