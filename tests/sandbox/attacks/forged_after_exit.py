"""Leaves a thread that writes frames after the result, and while the harness exits.
Seen: found here; sandbox.md, "late thread".
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import claim, with_channel

SOURCE = with_channel(f"""
import threading
def flood():
    while True:
        try: send({claim(1, b"9")!r})
        except OSError: pass
def f(n):
    threading.Thread(target=flood, daemon=bool(n % 2)).start()
    return n
""")
ATTACK = Program(source=SOURCE, ends="ok killed timeout exception", inputs=[[n] for n in range(4)])
