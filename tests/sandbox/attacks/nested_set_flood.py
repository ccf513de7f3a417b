"""Forges sets in sets, each too long to be taken unlooked, so that each level is looked at once for each level above it.
Seen: found here, against the check for hash collisions.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

SOURCE = with_channel("""
import struct
def f(n):
    numbers, body = ",".join(map(str, range([501, 700, 60][n]))), "1"
    for _ in range([310, 300, 63][n]):
        body = '{"z":[%s,%s]}' % (numbers, body)
    body = body.encode()[:10**6]
    send(struct.pack("<BII", 0, 0, len(body)) + body)
""")
ATTACK = Program(
    apart=True, source=SOURCE, ends="not_a_literal output_too_large ok", inputs=[[0], [1], [2]], limits=Limits(seconds=2)
)
