"""Writes into every mapping it can find or make shared, to be seen by the server or the next child.
Seen: found here; a mapping made before the fork is one memory for all children.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f():
    done = []
    for loader in [finder for finder in sys.meta_path if hasattr(finder, "_data")]:
        data = loader._data
        try:
            data[0:7] = b"planted"
            done.append("wrote")
        except (TypeError, ValueError): pass
    for fd in range(64):
        if call("mmap", 0, 4096, 3, 1, fd, 0)[0] > 0: done.append(["mmap", fd])
    return done
""")
ATTACK = Program(before=SOURCE, source=SOURCE, ends="ok", value="[]")
