"""The columns of a row, read as what they have to be."""

import json
from collections.abc import Mapping
from typing import Any

from steppingstone.real.problem import Unreadable

Row = Mapping[str, Any]


def text(row: Row, column: str) -> str:
    """A text, which may not be blank."""
    if not (found := optional_text(row, column)).strip():
        raise Unreadable(f"column {column!r} is empty")
    return found


def optional_text(row: Row, column: str) -> str:
    """A text; '' if there is none."""
    found = row.get(column)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Unreadable(f"column {column!r} holds {type(found).__name__}, no text")
    try:
        found.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(f"column {column!r} holds half a character: {error.reason}") from error
    return found


def origin_and_license(row: Row) -> tuple[str, str]:
    """Where a problem set is from, and what it may be used for, as far as the row says."""
    return optional_text(row, "origin"), optional_text(row, "license")


def from_json(column: str, told: object) -> Any:
    """What a column holds as JSON, or holds already."""
    if not isinstance(told, str | bytes):
        return told
    try:
        return json.loads(told or "null")
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"column {column!r} is no JSON: {error}") from error
