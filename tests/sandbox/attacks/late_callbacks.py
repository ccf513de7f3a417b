"""Leaves code for the interpreter's end: atexit, weakref finalizers, __del__, collector callbacks, excepthooks.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import atexit, gc, os, sys, threading, weakref
class Late:
    def __del__(self): strike()
def strike(*a, **k):
    for fd in range(3, 30):
        try: os.write(fd, b"\\0" * 9)
        except OSError: pass
def f():
    late = Late()
    late.cycle = late
    atexit.register(strike)
    weakref.finalize(late, strike)
    gc.callbacks.append(strike)
    sys.excepthook = sys.unraisablehook = threading.excepthook = sys.displayhook = strike
    return 5
"""
ATTACK = Program(source=SOURCE, ends="ok killed", value="5")
