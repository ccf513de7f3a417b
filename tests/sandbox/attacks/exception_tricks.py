"""Raises exceptions whose __str__, class name or traceback lie, raise, exit, or never end.
Seen: found here; every harness that formats a candidate's exception runs the candidate's code once more.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import os
def leave(): raise SystemExit(0)
def endless():
    while True: pass
TRICKS = [lambda: 1 / 0, lambda: "x" * 10**9, lambda: 3, leave, lambda: chr(0xD800) + chr(0), lambda: os._exit(0), endless]
class E(Exception):
    def __str__(self): return TRICKS[self.n]()
    __repr__ = __str__
class Meta(type):
    @property
    def __name__(cls): raise SystemExit
class Nameless(BaseException, metaclass=Meta):
    __traceback__ = __cause__ = __context__ = __notes__ = property(lambda self: 1 / 0)
def f(n):
    if n == 7: raise Nameless
    if n == 8: raise type("x" * 10**6, (Exception,), {})("y" * 10**6)
    if n == 9: raise ExceptionGroup("g", [ValueError(i) for i in range(1000)])
    error = E()
    error.n = n
    raise error
"""
ATTACK = Program(source=SOURCE, ends="exception killed timeout memory", inputs=[[n] for n in range(10)])
