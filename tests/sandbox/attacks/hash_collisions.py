"""Forges sets and dictionaries of thousands of keys with one hash, so that the caller takes hours to build them.
Seen: the hash-collision attacks of 2003 and 2011 (CVE-2012-1150); found here for the caller's decoder.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

SOURCE = with_channel("""
import itertools, struct
def numbers(): return ['{"i":"%#x"}' % (k * (2**61 - 1)) for k in range(2, 30_000)]
def tuples(): return ['{"t":[%s]}' % ",".join(bits) for bits in itertools.product(("-1", "-2"), repeat=14)]
def nested(): return ['{"z":[%s]}' % key for key in numbers()[:20_000]]
KEYS = [numbers, tuples, nested]
def f(n):
    keys = KEYS[n % 3]()
    items = ",".join(keys) if n < 3 else ",".join("[%s,1]" % key for key in keys)
    body = ('{"%s":[%s]}' % ("s" if n < 3 else "d", items)).encode()[:10**6]
    send(struct.pack("<BII", 0, 0, len(body)) + body)
""")
ATTACK = Program(
    apart=True,
    source=SOURCE,
    ends="not_a_literal output_too_large",
    inputs=[[n] for n in range(6)],
    limits=Limits(seconds=3, memory_mb=256),
)
