"""Transport, comparison and text of values grown from bytes."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import properties

from tests.fuzz.driver import fuzz

fuzz("values", properties.grown_values_come_through, bytes(range(64)), bytes(range(255, 191, -1)))
