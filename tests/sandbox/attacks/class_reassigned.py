"""Assigns __class__ to an instance, and its own class to a module, to change what the harness sees of them.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import sys, types
class Plain: pass
class Yes:
    def __eq__(self, other): return True
class Module(types.ModuleType):
    f = property(lambda self: 1 / 0)
    def __getattr__(self, name): raise SystemExit
sys.modules[__name__].__class__ = Module
def f():
    thing = Plain()
    thing.__class__ = Yes
    return thing
"""
ATTACK = Program(source=SOURCE, ends="not_a_literal exception")
