"""The lines of a segment: one holds the completions of one put. Lines that are torn or not ours are passed over."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple

from steppingstone.records import Completion

Read = Callable[[int, int], bytes]
"""Gives the bytes of one segment from a start to an end."""

BLOCK = 4 * 2**20
CONTENTS_FROM = 2**20
"""Bytes from which a segment that is finished gets a table of its contents: below, its lines are read as fast."""

_FIELDS = tuple(field.name for field in fields(Completion))
_HEAD = re.compile(rb'\{"key":"([^"\\]+)","first":(\d{1,9}),')
_TRAILER = '{{"contents_at":{}}}\n'
_TRAILER_AT = re.compile(rb'\{"contents_at":(\d{1,18})\}\n\Z')
_LONGEST_TRAILER = 64


class Place(NamedTuple):
    """Where a line stands in its segment, in bytes, with its request key and its first sample's index."""

    key: str
    first: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Put:
    """What one line holds. `at` is when it was put, in seconds since the epoch."""

    first: int
    max_tokens: int
    at: float
    completions: list[Completion]

    def of_use(self, completion: Completion, max_tokens: int) -> bool:
        """Whether one of its completions will do where `max_tokens` are asked for."""
        whole = completion.finish_reason != "length" and completion.completion_tokens <= max_tokens
        return whole or self.max_tokens == max_tokens


def encoded(key: str, put: Put) -> bytes:
    """The line of a put."""
    said = [{name: getattr(completion, name) for name in _FIELDS} for completion in put.completions]
    entry = {"key": key, "first": put.first, "max_tokens": put.max_tokens, "at": put.at, "completions": said}
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def decoded(line: bytes, key: str) -> Put | None:
    """The put that a line holds; None if it is none, or not of this key."""
    try:
        entry = json.loads(line)
        said = [Completion(**completion) for completion in entry["completions"]]
        return Put(entry["first"], entry["max_tokens"], entry["at"], said) if entry["key"] == key else None
    except (ValueError, KeyError, TypeError):
        return None


def begins(line: bytes, key: str) -> bool:
    """Whether this is a line of the key as a scan sees it, whatever the rest of it holds."""
    head = _HEAD.match(line)
    return head is not None and head[1] == key.encode(errors="replace") and line.endswith(b"}\n")


def scan(read: Read, start: int, end: int) -> Iterator[tuple[list[Place], int]]:
    """The places of the lines between `start`, where a line begins, and `end`: block by block, with the offset reached.

    A last line without its end is not reached: its writer may be about to write the rest.
    """
    if start == 0 and end >= CONTENTS_FROM and (known := _read_contents(read, end)) is not None:
        yield known, end
        return
    block = b""
    for at in range(start, end, BLOCK):
        until = min(at + BLOCK, end)
        if len(piece := read(at, until)) < until - at:
            return
        block += piece
        whole = block.rfind(b"\n") + 1
        yield list(_places(block[:whole], until - len(block))), until - len(block) + whole
        block = block[whole:]


def _places(block: bytes, offset: int) -> Iterator[Place]:
    for line in io.BytesIO(block):
        if (head := _HEAD.match(line)) and line.endswith(b"}\n"):
            yield Place(head[1].decode(errors="replace"), int(head[2]), offset, len(line))
        offset += len(line)


def contents(read: Read, size: int) -> bytes:
    """Lines that end a finished segment: the places of all its lines, and where that table stands.

    A machine that has no index yet reads these instead of the segment.
    """
    places = [place for found, _ in scan(read, 0, size) for place in found]
    return (json.dumps({"contents": places}, separators=(",", ":")) + "\n" + _TRAILER.format(size)).encode()


def _read_contents(read: Read, end: int) -> list[Place] | None:
    trailer = _TRAILER_AT.search(read(end - _LONGEST_TRAILER, end))
    if trailer is None:
        return None
    try:
        table = json.loads(read(int(trailer[1]), end - len(trailer[0])))
        return [Place(*place) for place in table["contents"]]
    except (ValueError, KeyError, TypeError):
        return None
