"""Takes memory that an address-space limit may not count: the break, shared mappings, locked pages, pipes, threads' stacks.
Seen: found here; RLIMIT_AS and RLIMIT_DATA each miss some.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f():
    taken = 0
    for flags in (0x22, 0x21, 0x4022, 0x40022, 0x122):
        for size in (1 << 20, 1 << 30):
            for _ in range(200):
                page = call("mmap", 0, size, 3, flags, -1, 0)[0]
                if page <= 0: break
                taken += size
    libc.sbrk.restype = ctypes.c_void_p
    while libc.sbrk(ctypes.c_ssize_t(1 << 20)) not in (None, 2**64 - 1): taken += 1 << 20
    return taken < 200 << 20
""")
ATTACK = Program(source=SOURCE, ends="ok memory killed", value="True")
