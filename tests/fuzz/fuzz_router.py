"""The choice of a tier by the imports in a source."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import growing, properties

from tests.fuzz.driver import fuzz


def check(data: bytes) -> None:
    """Imports grown from the bytes, and the bytes themselves."""
    properties.imports_are_routed_to_where_they_are_found(growing.imports(growing.Choices(data)))
    properties.imports_are_routed_to_where_they_are_found(data.decode("utf-8", "replace"))


fuzz("router", check, b"import os, sqlite3 as s\nfrom xml.dom import minidom", b"x = __import__('numpy')", bytes(range(64)))
