"""Makes user namespaces to be root in, mounts, changes root, and joins others' namespaces.
Seen: sandbox.md, "user namespaces"; CVE-2022-0492, CVE-2023-0386.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f():
    flags = (0x10000000, 0x20000000, 0x00020000, 0x40000000, 0x02000000, 0x04000000, 0x08000000, 0x80, 0x400)
    done = [hex(flag) for flag in flags if got("unshare", flag)]
    done += [name for name, arguments in {"mount": (b"none", b"/tmp", b"tmpfs", 0, 0), "umount2": (b"/proc", 2),
            "chroot": (b"/",),
        "pivot_root": (b"/", b"/"), "setns": (3, 0), "fsopen": (b"tmpfs", 0), "open_tree": (-100, b"/", 1),
                "move_mount": (3, b"", 4, b"", 0),
        "fspick": (-100, b"/", 0), "mount_setattr": (-100, b"/", 0, bytes(32), 32), "chdir": (b"/",),
                "sethostname": (b"x", 1)}.items()
        if got(name, *arguments)]
    return done
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
