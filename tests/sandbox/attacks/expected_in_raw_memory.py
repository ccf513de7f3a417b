"""Reads the whole of its heap, page by page, for a secret that the caller holds.
Seen: found here; a child inherits by fork whatever its server ever held.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    # In halves, so that the source itself is no hit.
    return with_ctypes(f"""
import time
one, two = {scene.secret[:16].encode()!r}, {scene.secret[16:].encode()!r}
def f():
    found, read = False, 0
    for anchor in (id(one), id(None), id(f), ctypes.addressof(ctypes.c_int.in_dll(ctypes.pythonapi, "Py_NoSiteFlag"))):
        start = (anchor & ~0xFFFFF) - (4 << 20)
        for page in range(start, start + (8 << 20), 4096):
            if readable(page):
                read += 1
                data = ctypes.string_at(page, 4096)
                at = data.find(one)
                found = found or (at >= 0 and data[at + len(one):].startswith(two))
    return [found, read > 500]
""")


ATTACK = Program(source=source, ends="ok", value="[False, True]", limits=Limits(seconds=10, memory_mb=128))
