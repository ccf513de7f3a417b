"""Replaces its own module and globals while it is loaded.
Seen: found here; the harness looks the function up in the module's dictionary.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import sys
class Fake(dict):
    def get(self, *a): raise SystemExit(0)
sys.modules[__name__] = Fake()
globals().clear()
def f(x):
    return 8
"""
ATTACK = Program(source=SOURCE, ends="ok exception missing_function", value="8", inputs=[[1], [2]])
