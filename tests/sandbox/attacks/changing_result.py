"""Returns a list that a thread of its own changes while it is encoded.
Seen: found here; what is checked is not what is sent.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program

SOURCE = """
import sys, threading
sys.setswitchinterval(1e-6)
class Yes(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
def swap(value):
    while True:
        for n in range(len(value)):
            value[n] = Yes(1)
            value[n] = 1
            value.append(value)
            value.pop()
def f(n):
    value = [1] * 50
    threading.Thread(target=swap, args=(value,), daemon=True).start()
    return value
"""


def plain(outcomes, scene) -> None:
    assert all(outcome.value is None or type(outcome.decoded) is list for outcome in outcomes)


ATTACK = Program(
    source=SOURCE,
    ends="ok not_a_literal output_too_large timeout killed",
    inputs=[[n] for n in range(3)],
    limits=Limits(seconds=1, memory_mb=512),
    then=plain,
)
