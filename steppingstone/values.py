"""Python literals as data: tagged JSON for transport, canonical bytes to compare, source text to show.

Only exact builtin types pass, so that no object of a program's own making (with its own `__eq__`, `__reduce__`
or `__repr__`) ever reaches the process that grades. Tags: `{"i": hex}` for integers beyond ±2**53, `{"f": text}` for
floats, `{"b": base64}` bytes, `{"t": […]}` tuples, `{"s": […]}` sets, `{"z": […]}` frozensets, `{"d": [[k, v], …]}`
dictionaries, `{"c": [re, im]}` complex numbers; lists, strings, small integers, booleans and None are JSON's own.

Standard library only: the sandbox's server imports this module too.
"""

import ast
import base64
import json
import math
from collections.abc import Callable
from typing import Any

from steppingstone.syntax import parse_expression

MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_BYTES = 1_000_000
MAX_DIGITS = 4_300
_EXACT = 2**53

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


class NotALiteral(ValueError):
    """The value is not made of exact builtin literal types alone, or breaks a cap."""


class TooLarge(NotALiteral):
    """The value is deeper than `MAX_DEPTH`, has more than `MAX_NODES` nodes, or more than `MAX_BYTES` encoded bytes."""


def encode(value: object) -> bytes:
    """Tagged JSON of `value`, dictionaries in their own order. Raises `NotALiteral` or `TooLarge`."""
    return _dump(_pack(value, MAX_DEPTH, [MAX_NODES], ordered=False))


def canonical(value: object) -> bytes:
    """Bytes that are equal exactly if two values are equal with equal types; order of sets and dictionaries is no matter."""
    return _dump(_pack(value, MAX_DEPTH, [MAX_NODES], ordered=True))


def decode(data: bytes) -> object:
    """The value of tagged JSON. Raises `NotALiteral` on anything that `encode` would not have written."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes; at most {MAX_BYTES}")
    try:
        return _unpack(json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError, OverflowError) as error:
        raise NotALiteral(f"not tagged JSON: {error}") from error


def to_text(value: object) -> str:
    """Python source of `value`: sets sorted by their text, so that it is the same under every hash seed.

    Raises `NotALiteral` for what no literal can say: NaN and the infinities.
    """
    kind = type(value)
    if kind in (float, complex):
        _require_finite(value)
    if kind is list:
        return "[" + ", ".join(to_text(item) for item in value) + "]"  # type: ignore[attr-defined]
    if kind is tuple:
        inner = ", ".join(to_text(item) for item in value)  # type: ignore[attr-defined]
        return f"({inner},)" if len(value) == 1 else f"({inner})"  # type: ignore[arg-type]
    if kind is dict:
        return "{" + ", ".join(f"{to_text(k)}: {to_text(v)}" for k, v in value.items()) + "}"  # type: ignore[attr-defined]
    if kind is set:
        return "{" + ", ".join(sorted(to_text(item) for item in value)) + "}" if value else "set()"  # type: ignore[attr-defined]
    if kind is int and abs(value) >= 10**MAX_DIGITS:  # type: ignore[arg-type]
        raise TooLarge(f"an integer of more than {MAX_DIGITS} digits has no literal that Python reads")
    if value is None or kind in (bool, int, float, complex, str, bytes):
        return repr(value)
    raise NotALiteral(f"{kind.__name__} has no literal")


def from_text(text: str) -> object:
    """The value of a Python literal that WE wrote (`to_text`). Text from a model is read in the sandbox: `Sandbox.parse`."""
    try:
        return ast.literal_eval(parse_expression(text.strip()))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise NotALiteral(f"not a Python literal: {text[:80]!r}") from error


def _require_finite(value: object) -> None:
    parts = (value.real, value.imag) if isinstance(value, complex) else (value,)
    if not all(math.isfinite(part) for part in parts):  # type: ignore[arg-type]
        raise NotALiteral(f"{value!r} has no literal")


def _dump(packed: Json) -> bytes:
    data = json.dumps(packed, separators=(",", ":")).encode("ascii")
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} encoded bytes; at most {MAX_BYTES}")
    return data


def _pack(value: object, depth: int, budget: list[int], ordered: bool) -> Json:
    budget[0] -= 1
    if depth < 0 or budget[0] < 0:
        raise TooLarge(f"deeper than {MAX_DEPTH} or more than {MAX_NODES} parts")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value  # type: ignore[return-value]
    if kind is int:
        return value if -_EXACT <= value <= _EXACT else {"i": _hex(value)}  # type: ignore[operator, return-value, arg-type]
    if kind is float:
        return {"f": _float_text(value)}  # type: ignore[arg-type]
    if kind is complex:
        return {"c": [_float_text(value.real), _float_text(value.imag)]}  # type: ignore[attr-defined]
    if kind is bytes:
        return {"b": base64.b64encode(value).decode("ascii")}  # type: ignore[arg-type]
    return _pack_container(value, depth - 1, budget, ordered)


def _pack_container(value: object, depth: int, budget: list[int], ordered: bool) -> Json:
    kind = type(value)
    if kind is dict:
        pairs: list[Json] = [
            [_pack(k, depth, budget, ordered), _pack(v, depth, budget, ordered)]
            for k, v in value.items()  # type: ignore[attr-defined]
        ]
        return {"d": sorted(pairs, key=json.dumps) if ordered else pairs}
    if kind not in (list, tuple, set, frozenset):
        raise NotALiteral(f"{kind.__name__} is not a literal type")
    items = [_pack(item, depth, budget, ordered) for item in value]  # type: ignore[attr-defined]
    if kind is list:
        return items
    if kind is tuple:
        return {"t": items}
    return {"s" if kind is set else "z": sorted(items, key=json.dumps)}


def _hex(value: int) -> str:
    if value.bit_length() > 4 * MAX_BYTES:
        raise TooLarge(f"an integer of {value.bit_length()} bits")
    return hex(value)


def _float_text(value: float) -> str:
    return value.hex() if math.isfinite(value) else str(value)


def _unpack(packed: Json) -> object:
    if isinstance(packed, list):
        return [_unpack(item) for item in packed]
    if not isinstance(packed, dict):
        if isinstance(packed, float):
            raise NotALiteral("a bare JSON number with a fraction")
        return packed
    ((tag, body),) = packed.items()
    return _UNPACK[tag](body)


_UNPACK: dict[str, Callable[[Any], object]] = {
    "i": lambda body: int(body, 16),
    "f": float.fromhex,
    "c": lambda body: complex(float.fromhex(body[0]), float.fromhex(body[1])),
    "b": lambda body: base64.b64decode(body, validate=True),
    "t": lambda body: tuple(_unpack(item) for item in body),
    "s": lambda body: {_unpack(item) for item in body},
    "z": lambda body: frozenset(_unpack(item) for item in body),
    "d": lambda body: {_unpack(key): _unpack(item) for key, item in body},
}
