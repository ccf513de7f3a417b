"""Replaces modules, importers and builtins for the program that comes next.
Seen: Absolute-Zero-Reasoner (sandbox.md: next snippet poisoned).
"""

from tests.sandbox.attacks.arena.attack import Program

PLANT = """
import builtins, json, math, sys
def f():
    builtins.len = builtins.sorted = builtins.callable = lambda *a, **k: 0
    builtins.__import__ = lambda *a, **k: math
    json.dumps = json.loads = lambda *a, **k: "1"
    math.gcd = lambda *a: 7
    sys.modules["json"] = sys.modules["collections"] = math
    sys.meta_path[:] = sys.path_hooks[:] = []
    sys.setrecursionlimit(50)
    sys.set_int_max_str_digits(0)
"""
LOOK = """
import json, math, sys, collections
def f():
    return [json.dumps([math.gcd(12, 18)]), len(sorted({3, 4})), collections.Counter("aa")["a"], sys.getrecursionlimit() > 500]
"""
ATTACK = Program(before=PLANT, source=LOOK, ends="ok", value="['[6]', 2, 2, True]")
