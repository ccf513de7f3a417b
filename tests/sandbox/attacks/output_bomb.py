"""Prints gigabytes, to stdout, to stderr and by raw writes.
Seen: sandbox.md, "output flood": graders that capture output run out of memory.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import os, sys
def f(n):
    while True:
        if n == 0: print("x" * 10**6)
        if n == 1: sys.stderr.write("x" * 10**6)
        if n == 2: os.write(1, b"x" * 10**6)
"""
ATTACK = Program(source=SOURCE, ends="timeout exception", inputs=[[0], [1], [2]])
