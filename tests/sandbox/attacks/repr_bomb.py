"""Returns an object, and raises an exception, whose __repr__ never ends or makes gigabytes.
Seen: sandbox.md; Absolute-Zero-Reasoner moves results by repr.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
class Endless(list):
    def __repr__(self):
        while True: pass
    __str__ = __format__ = __repr__
class Huge(dict):
    def __repr__(self): return "x" * 10**10
def f(n):
    if n < 2:
        return [Endless(), Huge()][n]
    raise [ValueError(Huge()), KeyError(Huge())][n - 2]
"""
ATTACK = Program(source=SOURCE, ends="not_a_literal exception", inputs=[[n] for n in range(4)])
