"""What makes an outcome of a child's claim."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import growing, properties

from tests.fuzz.driver import fuzz


def check(data: bytes) -> None:
    """The bytes as a claim, and a value grown from them."""
    properties.a_claim_is_an_outcome_or_broken(data)
    properties.a_claim_is_an_outcome_or_broken(b"\0" + growing.tagged(growing.Choices(data)))


fuzz("claims", check, b'\0{"s":[1,2]}', b'\1["E", "m", "f", 3]', b'\0[1,{"f":"0x1.8p+0"}]')
