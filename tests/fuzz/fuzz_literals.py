"""The reading of literals in the sandbox, beside Python's own."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from steppingstone.sandbox import Sandbox
    from tests.fuzz import properties

from tests.fuzz.driver import fuzz

sandbox = Sandbox()
sandbox.start()
fuzz("literals", lambda data: properties.a_literal_is_read_as_python_reads_it(data, sandbox), bytes(range(64)))
