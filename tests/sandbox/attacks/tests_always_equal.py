"""Solves tests by objects that equal, contain and order as one likes.
Seen: sandbox.md, "__eq__ and comparison tricks"; here against asserts that are code.
"""

from tests.sandbox.attacks.arena.attack import Solution

SOLUTION = """
class Yes(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 2
    def __sub__(self, other): return 0
    __rsub__ = __add__ = __sub__
    def __float__(self): return 2.0
class Plain:
    __eq__, __ne__, __lt__, __hash__ = Yes.__eq__, Yes.__ne__, Yes.__lt__, Yes.__hash__
    __sub__ = __rsub__ = Yes.__sub__
    __class__ = int
def f(x):
    return Yes(7) if x else Plain()
"""
TESTS = """
def fails(check):
    try: check()
    except Exception: return True
def wrong(n):
    def equal(): assert f(n) == 2
    def inside(): assert f(n) in (2, 3)
    def close(): assert abs(f(n) - 2) < 1e-6
    def less(): assert f(n) < 3
    def listed(): assert [f(n)] == [2]
    def swapped(): assert 2 == f(n)
    return all(fails(check) for check in (equal, inside, close, less, listed, swapped))
if wrong(0) and wrong(1):
    raise KeyError("all of them failed")
"""
ATTACK = Solution(solution=SOLUTION, tests=TESTS, ends="exception")
