"""Changes the machine: clock, host name, swap, modules, reboot, kernel log.
Seen: found here; root in a container with capabilities left can.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
def f():
    return [name for name, arguments in {"reboot": (0xFEE1DEAD, 0x28121969, 0, 0), "sethostname": (b"x", 1),
            "clock_settime": (0, bytes(16)),
        "settimeofday": (bytes(16), 0), "adjtimex": (bytes(208),), "swapon": (b"/x", 0), "syslog": (3, bytes(99), 99),
                "vhangup": (),
        "acct": (b"/x",), "quotactl": (0, 0, 0, 0), "sync": ()}.items() if call(name, *arguments)[1] != 1 and name in NUMBERS]
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[]")
