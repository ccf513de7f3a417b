"""The reading of replies, by themselves and by each environment."""

import atheris

with atheris.instrument_imports(include=["steppingstone"]):
    from tests.fuzz import growing, properties

from tests.fuzz.driver import fuzz


def check(data: bytes) -> None:
    """Replies grown from the bytes, and the bytes themselves as a reply and as what a block holds."""
    properties.a_reply_is_cut_into_its_lines(growing.reply(growing.Choices(data)))
    properties.a_reply_is_cut_into_its_lines(data.decode("utf-8", "replace"))
    properties.a_fenced_text_is_read_back(growing.reply(growing.Choices(data)))


fuzz("replies", check, b"```python\nf\n```\n```input\n1\n```\n", bytes(range(64)))
