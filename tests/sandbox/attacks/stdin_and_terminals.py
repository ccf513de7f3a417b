"""Reads stdin, asks for input, and looks for a terminal to inject keys into.
Seen: CVE-2017-5226 (bubblewrap and TIOCSTI); programs that wait for input and hang their grader.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import os, sys
def f(n):
    if n == 0: return [os.read(0, 100) if True else 0]
    if n == 1: return input()
    if n == 2: return [got("ioctl", 0, 0x5412, b"x"), got("ioctl", 0, 0x540E, 0), os.isatty(0)]
    return sys.stdin.read() if sys.stdin else ""
""")
ATTACK = Program(
    source=SOURCE,
    ends="ok exception",
    inputs=[[n] for n in range(4)],
    exceptions="EOFError OSError PermissionError RuntimeError",
)
