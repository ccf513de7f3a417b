"""Leaves state in modules, in random's generator, in the locale and in decimal's context for the next program.
Seen: Absolute-Zero-Reasoner's pool; determinism bugs of every reused interpreter.
"""

from tests.sandbox.attacks.arena.attack import Program

PLANT = """
import builtins, decimal, math, random, re, sys, warnings
def f():
    builtins.planted = math.planted = sys.planted = re.planted = 1
    decimal.getcontext().prec = 2
    random.seed(1)
    warnings.simplefilter("error")
    re._cache.clear()
"""
LOOK = """
import builtins, decimal, math, re, sys
def f():
    return [[hasattr(m, "planted") for m in (builtins, math, sys, re)], str(decimal.Decimal(1) / 3)]
"""
ATTACK = Program(before=PLANT, source=LOOK, ends="ok", value="[[False, False, False, False], '0.3333333333333333333333333333']")
