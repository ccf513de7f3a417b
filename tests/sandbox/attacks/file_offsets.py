"""Tells the next program something by the position in a file that both inherited from their server.
Seen: found here; a descriptor that is open before the fork has one position for all children.
"""

from tests.sandbox.attacks.arena.attack import Program

PLANT = """
import os
def f():
    for fd in range(64):
        try: os.lseek(fd, 4711, os.SEEK_SET)
        except OSError: pass
"""
LOOK = """
import os
def f():
    told = []
    for fd in range(64):
        try:
            if os.lseek(fd, 0, os.SEEK_CUR) == 4711: told.append(fd)
        except OSError: pass
    return told
"""
ATTACK = Program(before=PLANT, source=LOOK, ends="ok", value="[]")
