"""Has the kernel kill it by its own CPU limit, which looks like a kill from outside and may be run again.
Seen: found here; a retry of "infrastructure faults" is a second chance, or a loop.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import signal, struct
def f():
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    call("prlimit64", 0, 0, struct.pack("QQ", 1, 1), 0)
    while True: pass
""")
ATTACK = Program(source=SOURCE, ends="killed timeout", limits=Limits(seconds=4))
