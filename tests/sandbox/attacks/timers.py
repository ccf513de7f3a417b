"""Sets timers, alarms and owners of descriptors that send signals later, to whoever comes next.
Seen: found here; timers survive exec and are charged to a process.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import signal
def f():
    done = [name for name, arguments in {
        "alarm": (1,), "setitimer": (0, bytes([0] * 32), 0), "timer_create": (0, 0, bytes(8)), "timerfd_create": (0, 0),
        "signalfd4": (-1, bytes(8), 8, 0), "eventfd2": (0, 0), "epoll_create1": (0,), "inotify_init1": (0,),
                "io_setup": (8, bytes(8)),
        "fcntl": (1, 8, 1)}.items() if got(name, *arguments)]
    for way in (lambda: signal.alarm(1), lambda: signal.setitimer(signal.ITIMER_REAL, 0.1)):
        try: way()
        except OSError: pass
    return done
""")
ATTACK = Program(source=SOURCE, ends="ok killed", value="[]")
