"""The decoder of tagged JSON, on bytes that no program of ours has written."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import growing, properties

from tests.fuzz.driver import fuzz


def check(data: bytes) -> None:
    """The bytes, and tagged JSON grown from them."""
    properties.decoded_bytes_are_a_value_like_any(data)
    properties.decoded_bytes_are_a_value_like_any(growing.tagged(growing.Choices(data)))


fuzz(
    "decode",
    check,
    b'[1,"a",null,true,{"i":"0x20000000000001"},{"f":"-0x1.8p+0"},{"f":"nan"},{"b":"QUI="}]',
    b'{"d":[[{"t":[1,{"z":[2]}]},{"s":[1,2]}],["k",{"c":["0x0.0p+0","inf"]}]]}',
    b'{"u":"7aC97biA"}',
)
