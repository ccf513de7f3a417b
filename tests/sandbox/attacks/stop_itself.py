"""Stops itself with SIGSTOP and SIGTSTP, so that whoever waits for it waits for ever.
Seen: found here; waitpid without WUNTRACED sees nothing of it.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import os, signal
def f(n):
    for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN):
        try: os.kill(os.getpid(), number)
        except OSError: pass
        try: signal.raise_signal(number)
        except OSError: pass
        libc.raise_(number) if hasattr(libc, "raise_") else libc.killpg(0, number)
    return n
""")
ATTACK = Program(source=SOURCE, ends="ok", value="7", inputs=[[7]])
