"""The caller's frame decoder, and what reads a claimed failure and a request."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import properties

from tests.fuzz.driver import fuzz


def check(data: bytes) -> None:
    """One of three properties, by the first byte."""
    choice, rest = (data[0] % 3, data[1:]) if data else (0, b"")
    (properties.frames_are_what_was_sent, properties.a_failure_is_read_or_refused, properties.requests_come_through)[choice](
        rest
    )


fuzz("frames", check, b"\0\0\0\0\0\0\2\0\0\0{}", b'\1["E", "m", "f", 3]', b"\2abc")
