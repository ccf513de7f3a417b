"""Leaves shared memory, semaphores and queues with names that the next program can open.
Seen: sandbox.md, "SysV shm": every fork-and-exec grader leaks it.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes
from tests.sandbox.attacks.arena.scene import MARK


def source(scene) -> str:
    return with_ctypes(f"""
def f():
    names = [name for name, arguments in {{"shmget": (4711, 4096, 0o1777), "semget": (4711, 1, 0o1777),
            "msgget": (4711, 0o1777),
        "shmat": (0, 0, 0), "mq_open": (b"{MARK}", 0o102, 0o777, 0), "memfd_create": (b"{MARK}", 0),
                "memfd_secret": (0,)}}.items()
        if got(name, *arguments)]
    for way in (lambda: libc.shm_open(b"/{MARK}", 0o102, 0o777), lambda: libc.mq_open(b"/{MARK}", 0o102, 0o777, 0)):
        if way() >= 0: names.append("by libc")
    return names
""")


ATTACK = Program(source=source, ends="ok", value="[]")
