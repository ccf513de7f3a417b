"""What reads the messages between a solution and its tests."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import growing, properties

from tests.fuzz.driver import fuzz


def check(data: bytes) -> None:
    """The bytes as a message, a message grown from them, and a value grown from them that is sent and read."""
    properties.a_message_is_read_or_refused(data)
    properties.a_message_is_read_or_refused(growing.message(growing.Choices(data)))
    properties.a_sent_value_arrives(data)


fuzz("messages", check, b'[{"r":0},[["l",[1,{"r":1}]],["o","Point",[["x",2]]]]]', bytes(range(64)))
