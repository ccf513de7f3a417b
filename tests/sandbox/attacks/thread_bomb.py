"""Starts threads until nothing more can be started, with the smallest stacks there are.
Seen: sandbox.md, "late thread"; issue trackers of RL sandboxes that ran out of pids.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import threading, time
def f(n):
    threading.stack_size([0, 32768][n])
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""
ATTACK = Program(
    source=SOURCE, ends="exception timeout memory killed", inputs=[[0], [1]], limits=Limits(seconds=2, memory_mb=512)
)
