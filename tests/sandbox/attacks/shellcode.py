"""Writes machine code into writable, executable memory, and calls the kernel without any library.
Seen: found here; filters that hook libc instead of the kernel (LD_PRELOAD sandboxes) fall to it.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import ON_X86, with_ctypes

SOURCE = with_ctypes("""
def f(number):
    # mov eax, number; xor edi, edi; xor esi, esi; xor edx, edx; syscall; ret
    return executable(bytes([0xB8]) + number.to_bytes(4,
            "little") + bytes([0x31, 0xFF, 0x31, 0xF6, 0x31, 0xD2, 0x0F, 0x05, 0xC3]))()
""")
# fork, socket, openat, execve, kill, ptrace, memfd_create, io_uring_setup
ATTACK = Program(
    source=SOURCE,
    ends="ok" if ON_X86 else "ok killed",
    value="-1",
    inputs=[[n] for n in (57, 41, 257, 59, 62, 101, 319, 425)],
)
