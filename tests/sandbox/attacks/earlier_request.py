"""Looks for what an earlier program left in the process: its source, arguments and results.
Seen: Absolute-Zero-Reasoner's reused pool (sandbox.md).
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import gc, sys
def f():
    mark = "tsol-ton-krowemoh-s'rehto-na"[::-1]
    gc.unfreeze()
    sys.set_int_max_str_digits(0)
    kept = [str(item) for item in gc.get_objects() if type(item) in (list, dict, tuple, set)]
    return sum(mark in text for text in kept)
"""
ATTACK = Program(
    before='kept = ["an-other\'s-homework-not-lost"]\ndef f():\n    return kept',
    source=SOURCE,
    ends="ok",
    value="0",
    limits=Limits(seconds=10, memory_mb=1024),
)
