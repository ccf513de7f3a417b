"""Reads the strings that the kernel put on the process's first stack: arguments, environment, the program's path.
Seen: found here; os.environ.clear() leaves them there.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    return with_ctypes(f"""
one, two = {scene.secret[:16].encode()!r}, {scene.secret[16:].encode()!r}
def f():
    environ = ctypes.c_void_p.in_dll(libc, "__environ").value or 0
    found = []
    stack = ctypes.c_void_p.in_dll(libc, "__libc_stack_end").value if hasattr(libc, "__libc_stack_end") else environ
    page = (stack or 0) & ~4095
    while page and readable(page):
        data = ctypes.string_at(page, 4096)
        at = data.find(one)
        if at >= 0 and data[at + 16:].startswith(two): found.append("secret")
        for key in (b"API_KEY=", b"TOKEN=", b"HOME="):
            if key in data: found.append(key)
        page += 4096
    return found
""")


ATTACK = Program(source=source, ends="ok", value="[]")
