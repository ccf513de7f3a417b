"""Copies its channel over stdin, stdout and every other number, to have what it prints taken for frames.
Seen: LiveCodeBench and verifiers read results from stdout; here by dup, dup2, dup3, fcntl.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f():
    made = [name for name, arguments in {
        "dup": (1,), "dup2": (1, 9), "dup3": (1, 9, 0), "fcntl": (1, 0, 9), "pidfd_getfd": (3, 1, 0), "ioctl": (1, 0x5421, 0),
        "close_range": (3, 60, 4),
    }.items() if got(name, *arguments)]
    print("x" * 1000, flush=True)
    return made
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
