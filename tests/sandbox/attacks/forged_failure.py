"""Forges failures: claims of another function and line, parts of wrong type, texts of sixteen thousand characters.
Seen: found here; the fuzzing grader believes where an assertion failed.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_channel

BODIES = [
    b"[]",
    b"{",
    b"[1, 2, 3, 4]",
    b"[" * 16000,
    b'["a", "b", "c", 1e999]',
    b'["' + b"x" * 15000 + b'", "' + b"y" * 900 + b'", "z", 1]',
    b'["\\ud800\\u0000", "\\ud800", "\\u0000", 99999999999999999999999]',
]
SOURCE = with_channel("import struct\ndef f(n):\n    body = BODIES[n]\n    send(struct.pack('<BII', 1, 0, len(body)) + body)\n")


def clean(outcomes, scene) -> None:
    for outcome in outcomes:
        f"{outcome.detail}{outcome.exception_type}{outcome.exception_function}".encode()
        assert len(outcome.exception_type) <= 100
        assert 0 <= outcome.exception_line <= 2**31


ATTACK = Program(
    apart=True,
    source=f"BODIES = {BODIES!r}\n" + SOURCE,
    ends="killed exception",
    inputs=[[n] for n in range(len(BODIES))],
    then=clean,
)
