r"""Boxes: where a reply says which is its final answer, as `\boxed{}`."""

import re

_BEGINS = re.compile(r"\\f?box(?:ed)?\s*\{")
MOST_DEPTH = 200


def last_boxed(text: str) -> str | None:
    """What stands in the last box that is closed; None if there is none."""
    found = None
    for begins in _BEGINS.finditer(text):
        if (ends := _closing(text, begins.end())) is not None:
            found = text[begins.end() : ends].strip()
    return found


def _closing(text: str, start: int) -> int | None:
    """Where the brace closes whose inside begins at `start`. A brace behind a backslash is a sign like any other."""
    depth = 1
    for each in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, start):
        depth += {"{": 1, "}": -1}.get(each[0], 0)
        if depth == 0:
            return each.start()
        if depth > MOST_DEPTH:
            return None
    return None
