"""Closes all its descriptors, and goes on or ends.
Seen: sandbox.md, "forged result channel".
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import os, time
def f(n):
    os.closerange(0, 1000)
    while n: pass
    return 1
"""
ATTACK = Program(source=SOURCE, ends="killed timeout", inputs=[[0], [1]])
