"""Has the kernel kill it by its own CPU limit, which looks like a kill from outside and may be run again.
Seen: found here; a retry of "infrastructure faults" is a second chance, a loop, or a fault whenever a program wants one.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import signal, struct
def f():
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    call("prlimit64", 0, 0, struct.pack("QQ", 1, 1), 0)
    call("prlimit64", 0, 0, struct.pack("QQ", 2**64 - 1, 2**64 - 1), 0)
    while True: pass
""")
ATTACK = Program(source=SOURCE, ends="timeout", detail="out of CPU time", limits=Limits(seconds=20))
