"""Takes from the harness every way to end its process.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import os, sys
def never(*a):
    raise KeyboardInterrupt
def f():
    os._exit = sys.exit = never
    frame = sys._getframe().f_back
    while frame:
        for name in ("frames", "os", "leave"):
            thing = frame.f_globals.get(name)
            if thing:
                for inner in vars(thing):
                    if inner.startswith("EXIT_") or inner == "_exit":
                        setattr(thing, inner, "none")
        frame = frame.f_back
    raise SystemExit
"""
ATTACK = Program(source=SOURCE, ends="exception killed")
