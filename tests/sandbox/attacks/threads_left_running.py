"""Returns at once, and leaves threads that compute, allocate and print for ever.
Seen: sandbox.md, "late thread": a reused worker is slow for everybody after it.
"""

from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import threading
def burn():
    while True: sum(range(1000))
def fill():
    kept = []
    while True:
        try: kept.append(bytes(10**6))
        except MemoryError: kept.clear()
def shout():
    while True: print("x" * 10000)
def f(n):
    for target in (burn, fill, shout, burn):
        threading.Thread(target=target, daemon=bool(n)).start()
    return n
"""
ATTACK = Program(source=SOURCE, ends="ok timeout memory killed exception", inputs=[[0], [1]])
