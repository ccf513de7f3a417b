"""Reads and writes the caller's and the server's memory: ptrace, process_vm_readv, pidfds, kcmp.
Seen: sandbox.md, "ptrace" and "/proc/<pid>/mem".
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    return with_ctypes(f"""
import os, struct
def f():
    buffer = ctypes.create_string_buffer(64)
    vector = struct.pack("QQ", ctypes.addressof(buffer), 64)
    done = []
    for pid in ({scene.pid}, os.getppid(), os.getpid()):
        for name, arguments in {{"ptrace": (16, pid, 0, 0), "process_vm_readv": (pid, vector, 1, vector, 1, 0),
                "pidfd_open": (pid, 0),
                "process_vm_writev": (pid, vector, 1, vector, 1, 0), "kcmp": (pid, pid, 0, 0, 0),
                        "process_madvise": (3, vector, 1, 21, 0)}}.items():
            if got(name, *arguments): done.append([name, pid])
        if got("ptrace", 0x4206, pid, 0, 0) or got("ptrace", 0, 0, 0, 0): done.append(["seize", pid])
    return done
""")


ATTACK = Program(source=source, ends="ok", value="[]")
