"""Starts programs: shells, exec of every kind, spawn, an executable from memory.
Seen: sandbox.md, "exec"; pwned graders of SWE-bench-like suites.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import os
def f():
    done = []
    ways = [lambda: os.execv("/bin/sh", ["sh", "-c", "exit 0"]), lambda: os.posix_spawn("/bin/sh", ["sh"], {}),
            lambda: os.popen("id").read() or 1 / 0, lambda: os.spawnv(os.P_WAIT, "/bin/true", ["true"]) and 1 / 0,
            lambda: __import__("subprocess").run(["/bin/true"]), lambda: os.fork(), lambda: os.forkpty()]
    for number, way in enumerate(ways):
        try:
            way()
            done.append(number)
        except (OSError, ImportError, ZeroDivisionError, AttributeError): pass
    if os.system("exit 0") == 0 or libc.system(b"exit 0") == 0: done.append("system")
    for name, arguments in {"execve": (b"/bin/sh", 0, 0), "execveat": (-100, b"/bin/sh", 0, 0, 0), "fork": (),
            "vfork": ()}.items():
        if got(name, *arguments): done.append(name)
    return done
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
