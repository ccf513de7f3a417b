"""Makes f something callable that is no function: a class, a type, a bound method of the harness, a builtin that exits.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program


def source(scene) -> str:
    return """
class Meta(type):
    def __call__(cls, *a): raise SystemExit(0)
class f(metaclass=Meta):
    def __class_getitem__(cls, item): return cls
"""


ATTACK = Program(source=source, ends="exception", exceptions="SystemExit", inputs=[[1], [2]])
