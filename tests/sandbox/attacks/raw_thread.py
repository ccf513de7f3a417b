"""Clones a thread by a raw system call with flags that no library uses: shared memory without shared fate.
Seen: found here; a filter that reads only some of the flags lets CLONE_VM without CLONE_THREAD through.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f():
    keep = 0x100 | 0x200 | 0x400 | 0x800
    odd = [0x100, 0x100 | 17, keep, keep | 0x40000, 0x3D0F00 | 0x8000, 0x3D0F00 | 0x20000, 0x3D0F00 | 0x10000000, 0x2D0F00,
           0x3D0F00 & ~0x10000, 0x3D0F00 | 0x02000000]
    return [hex(flags) for flags in odd if got("clone", flags, 0, 0, 0, 0)]
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
