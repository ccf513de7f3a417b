"""Parts of segments, and which of them are read at once."""

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """Bytes of a segment from start to end."""

    segment: str
    start: int
    end: int


class Stored(NamedTuple):
    """Lines that were stored in a segment, from one offset on; all that went there with them is between start and end."""

    segment: str
    start: int
    lines: int
    end: int


def neighbours(spans: Iterable[Span], gap: int) -> list[list[Span]]:
    """Ascending spans in groups whose members stand at most `gap` bytes apart in one segment."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and (last := groups[-1][-1]).segment == span.segment and span.start - last.end <= gap:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups
