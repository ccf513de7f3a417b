"""Is itself nested too deep for the compiler.
Seen: found here; the crash is the server's if it compiles before it forks.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

ATTACK = Program(
    source="x = " + "-" * 50000 + "1\ndef f():\n    return 1",
    ends="syntax_error exception memory killed",
    limits=Limits(seconds=3, memory_mb=256),
)
