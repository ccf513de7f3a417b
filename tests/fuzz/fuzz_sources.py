"""The checks on a proposal's source, and the form in which students see it."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import growing, properties

from tests.fuzz.driver import fuzz


def check(data: bytes) -> None:
    """A program grown from the bytes, or, one time in four, the bytes themselves."""
    code = data.decode("utf-8", "replace") if data[:1] > b"\xc0" else growing.program(growing.Choices(data))
    properties.a_program_is_shown_as_it_is_meant(code)


fuzz("sources", check, bytes(range(64)), b'\xc1def f(x):\n    return f"{x!r:>{x}}" if x else [*x]\n')
