"""Writes frames of every kind that there is and is not, before the source is even loaded.
Seen: found here.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

SOURCE = with_channel("""
import struct
for kind in {kind}:
    send(struct.pack("<BII", kind, 0, 0))
def f(n):
    return n
""")


def alone(outcomes, scene) -> None:
    assert all(outcome.value is None for outcome in outcomes), outcomes


ATTACK = Program(source=SOURCE.replace("{kind}", "[0] + list(range(255, 0, -1))"), ends="killed", inputs=[[1], [2]], then=alone)
