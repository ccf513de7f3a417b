"""Writes, creates, links and removes files: an answer planted for the next attempt, a .pyc, a cron job.
Seen: sandbox.md, "planted answer file": human-eval, LiveCodeBench, subprocess runners and AZR all fall.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes
from tests.sandbox.attacks.arena.scene import MARK


def source(scene) -> str:
    places = [str(scene.folder), "/tmp", "/dev/shm", "/var/tmp", "."]
    return with_ctypes(f"""
import os
def f():
    done = []
    for place in {places!r}:
        path = place + "/{MARK}"
        for way in (lambda: open(path, "w"), lambda: os.mkdir(path), lambda: os.symlink("a", path), lambda: os.mkfifo(path),
                    lambda: os.mknod(path),
                    lambda: os.link("/etc/passwd", path), lambda: os.open(place, os.O_TMPFILE | 2)):
            try:
                way()
                done.append(path)
            except OSError: pass
        for name, arguments in [("creat", (path.encode(), 511)), ("mkdir", (path.encode(), 511)),
                                ("mkdirat", (-100, path.encode(), 511))]:
            if got(name, *arguments): done.append([path, name])
    expected = {str(scene.folder / "expected.txt")!r}
    for way in (lambda: os.unlink(expected), lambda: os.truncate(expected, 0), lambda: os.chmod(expected, 0),
                lambda: os.rename(expected, expected + "x"), lambda: open(expected, "a").write("x"),
                lambda: os.utime(expected)):
        try:
            way()
            done.append(expected)
        except OSError: pass
    return done
""")


ATTACK = Program(source=source, ends="ok", value="[]")
