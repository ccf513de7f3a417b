"""Returns objects whose __class__, or whose type's name, claims a builtin type.
Seen: found here; isinstance() believes __class__.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
class Liar:
    __class__ = int
    def __index__(self): return 1
    def __repr__(self): return "1"
Named = type("int", (), {"__module__": "builtins", "__qualname__": "int", "__repr__": lambda s: "1"})
class Meta(type):
    def __eq__(self, other): return True
    def __hash__(self): return hash(int)
    def __instancecheck__(self, other): return True
class Met(metaclass=Meta):
    pass
def f(n):
    return [Liar(), Named(), Met(), [Met()]][n]
"""
ATTACK = Program(source=SOURCE, ends="not_a_literal", inputs=[[n] for n in range(4)])
