"""How a value is misremembered: a digit off, a letter lost, two items changed round."""

from random import Random
from typing import Any


def slipped(value: Any, source: Random) -> Any:
    """A value near to this one, of the same type."""
    kind = type(value)
    if kind is bool:
        return not value
    if kind is int:
        return value + source.choice((-10, -2, -1, 1, 1, 2, 10))
    if kind is float:
        return value + source.choice((-1.0, -0.5, 0.5, 1.0))
    if kind is str:
        return _text(value, source)
    if kind in (list, tuple):
        return kind(_items(list(value), source))
    if kind is dict and value:
        key = source.choice(list(value))
        return {**value, key: slipped(value[key], source)}
    return value


def _text(value: str, source: Random) -> str:
    if not value:
        return value
    at = source.randrange(len(value))
    change = source.random()
    if change < 0.4:
        return value[:at] + value[at + 1 :]
    if change < 0.7:
        return value[:at] + value[at] + value[at:]
    return value[:at] + value[at + 1 : at + 2] + value[at] + value[at + 2 :]


def _items(items: list[Any], source: Random) -> list[Any]:
    if not items:
        return items
    at = source.randrange(len(items))
    change = source.random()
    if change < 0.3:
        del items[at]
    elif change < 0.5 and at:
        items[at - 1], items[at] = items[at], items[at - 1]
    else:
        items[at] = slipped(items[at], source)
    return items
