"""Learns of files without opening them: stat, access, readlink, listing, the working folder.
Seen: found in Landlock alone, which lets stat() of any path through (sandbox.md).
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes


def source(scene) -> str:
    return with_ctypes(f"""
import os
def f():
    seen = []
    for path in ("/etc/passwd", "/proc/self/exe", {str(scene.folder / "expected.txt")!r}, "/"):
        for way in (os.stat, os.lstat, os.readlink, os.listdir, os.scandir, os.chdir, os.statvfs):
            try: seen.append([path, way.__name__, str(way(path))])
            except OSError: pass
        if os.access(path, os.F_OK): seen.append([path, "access"])
        for name in ("statx", "readlinkat", "faccessat", "faccessat2"):
            if got(name, -100, path.encode(), 0, 0xFFF, bytes(256)): seen.append([path, name])
    for way in (os.getcwd, os.uname, os.getlogin, os.getloadavg):
        try: seen.append([way.__name__, str(way())])
        except OSError: pass
    return seen
""")


ATTACK = Program(source=source, ends="ok", value="[]")
