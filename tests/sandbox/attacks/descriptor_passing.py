"""Sends a descriptor over its channel, so that the caller holds one more with each execution.
Seen: found here; SCM_RIGHTS makes a reader's table full.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel, with_ctypes

SOURCE = with_ctypes(
    with_channel("""
import struct
def f():
    made = []
    for fd in descriptors():
        data = ctypes.create_string_buffer(b"x")
        part = struct.pack("QQ", ctypes.addressof(data), 1)
        rights = ctypes.create_string_buffer(struct.pack("QiiI4x", 20, 1, 1, 1))
        parts = ctypes.create_string_buffer(part)
        head = ctypes.create_string_buffer(
            struct.pack("QI4xQQQQi4x", 0, 0, ctypes.addressof(parts), 1, ctypes.addressof(rights), 24, 0))
        for name in ("sendmsg", "recvmsg"):
            if got(name, fd, ctypes.addressof(head), 0x40): made.append(name)
        if got("socketpair", 1, 1, 0, ctypes.addressof(head)): made.append("socketpair")
    return made
""")
)
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
