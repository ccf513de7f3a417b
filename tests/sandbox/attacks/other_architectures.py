"""Calls the kernel by the 32-bit gate and by x32's numbers, which mean other calls than a filter reads.
Seen: the classic hole of seccomp filters without an architecture check (CVE-2015-2830's neighbours, libseccomp's manual).
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import ON_X86, with_ctypes

SOURCE = with_ctypes("""
def f(n):
    if n == 0: return call(0x40000000 | 2, b"/etc/passwd", 0)
    if n == 1: return call(0x40000000 | 520, b"/bin/sh", 0, 0)
    # mov eax, 2 (fork) or 20 (getpid); int 0x80; ret
    return executable(bytes([0xB8, 2 if n == 2 else 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))()
""")
ATTACK = Program(source=SOURCE, ends="killed" if ON_X86 else "killed ok", inputs=[[n] for n in range(4)])
