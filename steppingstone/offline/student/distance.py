"""How far one value is from another: 0 exactly if they are equal with equal types."""

import math
from operator import eq
from typing import Any

from steppingstone.values import NotALiteral, canonical

OTHER_TYPE = 60.0
LENGTH = 2.0


def distance(value: Any, target: Any, goal: bytes) -> float:
    """The distance of `value` from `target`, whose canonical bytes are `goal`."""
    gap = _gap(value, target, 6)
    if gap:
        return gap
    try:
        return 0.0 if canonical(value) == goal else 0.1
    except NotALiteral:
        return OTHER_TYPE


def rough_distance(value: Any, target: Any) -> float:
    """As `distance`, but quick: texts are compared by length and by the letters in the same places from either end."""
    if isinstance(value, str) and isinstance(target, str):
        shared = max(sum(map(eq, value, target)), sum(map(eq, reversed(value), reversed(target))))
        return float(abs(len(value) - len(target)) + (len(target) - shared) / 2)
    return _gap(value, target, 2)


def _gap(value: Any, target: Any, depth: int) -> float:
    if type(value) is not type(target):
        return OTHER_TYPE
    if isinstance(value, bool) or value is None:
        return float(value is not target)
    if isinstance(value, int | float):
        return math.log2(1 + min(1e15, abs(value - target))) if value == value else OTHER_TYPE
    if isinstance(value, str):
        return _text_gap(value, target)
    if depth and isinstance(value, list | tuple):
        inner = sum(min(20.0, _gap(a, b, depth - 1)) for a, b in zip(value, target, strict=False))
        return float(inner + LENGTH * 4 * abs(len(value) - len(target)))
    if depth and isinstance(value, dict):
        inner = sum(min(20.0, _gap(value[key], target[key], depth - 1)) for key in value if key in target)
        return float(inner + LENGTH * 2 * len(value.keys() ^ target.keys()))
    return 5.0 * bool(value != target)


def _text_gap(value: str, target: str) -> float:
    mismatches = sum(1.0 + min(25, abs(ord(a) - ord(b))) / 50 for a, b in zip(value, target, strict=False) if a != b)
    return mismatches + LENGTH * abs(len(value) - len(target))
