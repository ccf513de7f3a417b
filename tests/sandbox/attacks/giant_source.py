"""Is ten megabytes of source.
Seen: found here.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

ATTACK = Program(
    source="x = [" + "1234567, " * 10**6 + "]\ndef f():\n    return len(x)",
    ends="ok memory timeout exception syntax_error killed",
    limits=Limits(seconds=2, memory_mb=128),
)
