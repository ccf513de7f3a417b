"""Overwrites small integers and None in the process's memory, so that 2 + 2 is what it wants.
Seen: found here; a reused worker would grade everybody's next answer with it.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f(n):
    ctypes.memmove(id(2) + 24, id(3) + 24, 4)
    return 2
""")
ATTACK = Program(before=SOURCE.replace("f(n)", "f()"), source=SOURCE, ends="ok", value="3", inputs=[[0]])
