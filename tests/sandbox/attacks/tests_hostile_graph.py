"""Answers the tests with messages that blow up: cycles, shared parts, huge exponents, ranges and decimals.
Seen: found here; Fraction('1e999999999') takes minutes to build.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Solution

SOLUTION = """
import decimal, fractions
def f(n):
    cycle = []
    cycle.append(cycle)
    wide = cycle
    for _ in range(50): wide = [wide, wide]
    return [cycle, wide, decimal.Decimal("1e999999999"), range(10**18), fractions.Fraction(10**1000, 3),
            decimal.Decimal("sNaN")][n]
"""
TESTS = """
done = 0
for n in range(6):
    try:
        assert f(n) == 2
        done += 1
    except Exception:
        pass
assert done
"""
ATTACK = Solution(
    solution=SOLUTION,
    tests=TESTS,
    ends="wrong timeout memory killed exception",
    limits=Limits(seconds=2, memory_mb=128),
)
