"""Returns results too large: long strings, long integers, many parts, and small ones that grow when shown.
Seen: sandbox.md, "huge ints"; Absolute-Zero-Reasoner cuts results at 400 characters.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
def f(n):
    inner = ["x"] * 1000
    return [
        lambda: "x" * 10**7, lambda: 1 << 10**8, lambda: list(range(10**6)), lambda: [inner] * 1000,
                lambda: "\\ud800" * 300_000,
        lambda: b"x" * 10**6, lambda: {n: n for n in range(10**5)}, lambda: [[[inner] * 100] * 100] * 100,
    ][n]()
"""
ATTACK = Program(
    source=SOURCE, ends="output_too_large", inputs=[[n] for n in range(8)], limits=Limits(seconds=3, memory_mb=256)
)
