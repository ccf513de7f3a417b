"""Returns subclasses of every builtin type that compare equal to all, bare and as items and keys.
Seen: sandbox.md, "comparison tricks"; here for int, str, tuple, dict keys too.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
def yes(base):
    body = {"__eq__": lambda s, o: True, "__ne__": lambda s, o: False, "__hash__": lambda s: 0, "__lt__": lambda s, o: True}
    return type(base.__name__, (base,), body)
BASES = [int, float, complex, str, bytes, list, tuple, set, frozenset, dict]
def f(n):
    evil = yes(BASES[n % 10])()
    return [evil, [evil], {0: evil}, (1, (evil,))][n // 10]
"""
ATTACK = Program(source=SOURCE, ends="not_a_literal", inputs=[[n] for n in range(40)])
