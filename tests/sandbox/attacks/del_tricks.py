"""Hides work in __del__ that runs between the inputs of one call and while results are encoded.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import os
class D:
    def __init__(self, n): self.n = n
    def __del__(self):
        if self.n == 1: raise SystemExit(0)
        if self.n == 2: os._exit(0)
        if self.n == 3:
            while True: pass
def f(n):
    D(n)
    kept = [D(n)]
    kept.append(kept)
    return n
"""
ATTACK = Program(source=SOURCE, ends="ok killed timeout", inputs=[[n] for n in (0, 1, 2, 3, 4)])
