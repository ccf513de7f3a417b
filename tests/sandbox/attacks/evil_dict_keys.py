"""Returns dictionaries and sets whose keys are subclasses of str and int with an equality of their own.
Seen: found here; a serialiser that checks values and trusts keys (json's own does) is fooled.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
class S(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class I(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
def f(n):
    return [{S("a"): 1}, {I(3): 1}, {S("a")}, frozenset([I(3)]), {(S("a"),): 1}][n]
"""
ATTACK = Program(source=SOURCE, ends="not_a_literal", inputs=[[n] for n in range(5)])
