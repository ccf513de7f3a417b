"""Forges tagged values that no encoder writes: unknown tags, wrong bodies, extra keys, NaN in odd places.
Seen: found here; decoders are where pickle-free protocols break.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

BODIES = [
    b"{",
    b"1.5",
    b'{"i":"zz"}',
    b'{"i":7}',
    b'{"f":"0x1p99999"}',
    b'{"x":1}',
    b'{"s":[[]]}',
    b'{"d":[[1]]}',
    b'{"d":[[[],1]]}',
    b'{"t":5}',
    b'{"b":"\\u00e9"}',
    b'{"c":["1"]}',
    b'{"i":"0x1","f":"1"}',
    b"{}",
    b"NaN",
    b"-Infinity",
    b"9" * 5000,
    b"\xff\xfe",
    b"",
]
SOURCE = with_channel("import struct\ndef f(n):\n    body = BODIES[n]\n    send(struct.pack('<BII', 0, 0, len(body)) + body)\n")
ATTACK = Program(
    apart=True, source=f"BODIES = {BODIES!r}\n" + SOURCE, ends="not_a_literal", inputs=[[n] for n in range(len(BODIES))]
)
