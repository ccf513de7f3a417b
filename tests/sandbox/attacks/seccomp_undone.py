"""Tries to loosen its own confinement: new filters, prctl, personality, capabilities, set-uid.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import struct
def f():
    allow = struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000)
    program = ctypes.create_string_buffer(allow)
    filters = struct.pack("<H6xQ", 1, ctypes.addressof(program))
    options = (1, 4, 8, 15, 21, 22, 23, 24, 28, 33, 35, 36, 38, 47, 59, 0x59616D61)
    done = [option for option in options if got("prctl", option, 1, 0, 0, 0)]
    done += [name for name, arguments in {"seccomp": (1, 0, filters), "personality": (0x0040000,), "setuid": (0,),
            "arch_prctl": (0x1001, 0),
        "umask": (0,)}.items() if got(name, *arguments)]
    for option in (22,):
        if got("prctl", option, 2, filters): done.append("filter")
    return done
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
