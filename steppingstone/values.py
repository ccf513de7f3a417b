"""Python literals as data: tagged JSON for transport, canonical bytes to compare, source text to show.

Only exact builtin types pass, so that no object of a program's own making (with its own `__eq__`, `__reduce__`
or `__repr__`) ever reaches the process that grades. Tags: `{"i": hex}` for integers beyond ±2**53, `{"f": text}` for
floats, `{"b": base64}` bytes, `{"t": […]}` tuples, `{"s": […]}` sets, `{"z": […]}` frozensets, `{"d": [[k, v], …]}`
dictionaries, `{"c": [re, im]}` complex numbers, `{"u": base64}` strings with surrogates (UTF-8 that lets them pass: JSON
would join two of them to one character); lists, other strings, small integers, booleans and None are JSON's own.

Standard library only: the sandbox's server imports this module too.
"""

import ast
import base64
import json
import math
from collections.abc import Callable
from functools import partial
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from json.scanner import make_scanner
from typing import Any

from steppingstone.syntax import parse_expression

MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_BYTES = 1_000_000
MAX_DIGITS = 4_300
MAX_COLLISIONS = 500
_EXACT = 2**53
_TOO_LONG = 10**MAX_DIGITS

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


class NotALiteral(ValueError):
    """The value is not made of exact builtin literal types alone, or breaks a cap."""


class TooLarge(NotALiteral):
    """The value is deeper than `MAX_DEPTH`, has more than `MAX_NODES` nodes, or more than `MAX_BYTES` encoded bytes."""


def _refuse_constant(name: str) -> None:
    raise NotALiteral(f"a bare JSON number {name}")


# What a JSONEncoder would make anew for each text
_ENCODER = c_make_encoder(None, json.JSONEncoder().default, encode_basestring_ascii, None, ":", ",", False, False, False)
_WHITE_SPACE = " \t\n\r"
_DECODER = json.JSONDecoder(parse_float=_refuse_constant, parse_constant=_refuse_constant)


def encode(value: object) -> bytes:
    """Tagged JSON of `value`, dictionaries in their own order. Raises `NotALiteral` or `TooLarge`."""
    return _dump(_pack(value, MAX_DEPTH, [MAX_NODES], ordered=False))


def canonical(value: object) -> bytes:
    """Bytes that are equal exactly if two values are equal with equal types; order of sets and dictionaries is no matter."""
    return _dump(_pack(value, MAX_DEPTH, [MAX_NODES], ordered=True))


def decode(data: bytes) -> object:
    """The value of tagged JSON. Raises `NotALiteral` or `TooLarge` on any structure that `encode` would not have written.

    White space, escapes and the order of a set are free. Made for hostile bytes: sets and dictionaries whose keys share
    hashes, which would take long to build, are refused.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes; at most {MAX_BYTES}")
    try:
        return _read(data.decode("ascii").strip(_WHITE_SPACE))
    except NotALiteral:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise NotALiteral(f"not tagged JSON: {error}") from error


def decode_own(data: bytes) -> Any:
    """The value of tagged JSON that `encode` itself wrote, without a look at its caps: for what this process trusts.

    An array of such texts is read as the list of their values.
    """
    return _OWN_SCANNER(data.decode("ascii"), 0)[0]


def to_text(value: object) -> str:
    """Python source of `value`: sets sorted by their text, so that it is the same under every hash seed.

    Raises `NotALiteral` for what no literal can say: NaN, the infinities, frozensets, some complex numbers with a zero
    of negative sign.
    """
    kind = type(value)
    if kind in (float, complex):
        _require_literal(value)
    if kind is list:
        return "[" + ", ".join(to_text(item) for item in value) + "]"  # type: ignore[attr-defined]
    if kind is tuple:
        inner = ", ".join(to_text(item) for item in value)  # type: ignore[attr-defined]
        return f"({inner},)" if len(value) == 1 else f"({inner})"  # type: ignore[arg-type]
    if kind is dict:
        return "{" + ", ".join(f"{to_text(k)}: {to_text(v)}" for k, v in value.items()) + "}"  # type: ignore[attr-defined]
    if kind is set:
        return "{" + ", ".join(sorted(to_text(item) for item in value)) + "}" if value else "set()"  # type: ignore[attr-defined]
    if kind is int and not -_TOO_LONG < value < _TOO_LONG:
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


def _require_literal(value: object) -> None:
    parts = (value.real, value.imag) if isinstance(value, complex) else (value,)
    finite = all(math.isfinite(part) for part in parts)  # type: ignore[arg-type]
    if not finite or (
        isinstance(value, complex) and canonical(ast.literal_eval(parse_expression(repr(value)))) != canonical(value)
    ):
        raise NotALiteral(f"{value!r} has no literal")


def _json_of(packed: Json) -> str:
    return "".join(_ENCODER(packed, 0))


def _dump(packed: Json) -> bytes:
    data = "".join(_ENCODER(packed, 0)).encode("ascii")
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} encoded bytes; at most {MAX_BYTES}")
    return data


def _pack(value: object, depth: int, budget: list[int], ordered: bool) -> Json:
    budget[0] -= 1
    if depth < 0 or budget[0] < 0:
        raise TooLarge(f"deeper than {MAX_DEPTH} or more than {MAX_NODES} parts")
    kind = type(value)
    if value is None or kind is bool:
        return value  # type: ignore[return-value]
    if kind is str:
        return value if value.isascii() else _pack_text(value)  # type: ignore[attr-defined, return-value, arg-type]
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
        return {"d": sorted(pairs, key=_json_of) if ordered else pairs}
    if kind not in (list, tuple, set, frozenset):
        raise NotALiteral(f"{kind.__name__} is not a literal type")
    items = [_pack(item, depth, budget, ordered) for item in value]  # type: ignore[attr-defined]
    if kind is list:
        return items
    if kind is tuple:
        return {"t": items}
    return {"s" if kind is set else "z": sorted(items, key=_json_of)}


def _pack_text(text: str) -> Json:
    try:
        text.encode()
    except UnicodeEncodeError:
        return {"u": base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")}
    return text


def _hex(value: int) -> str:
    if value.bit_length() > 4 * MAX_BYTES:
        raise TooLarge(f"an integer of {value.bit_length()} bits")
    return hex(value)


def _float_text(value: float) -> str:
    return value.hex() if math.isfinite(value) else str(value)


def _read(text: str) -> object:
    packed, end = _DECODER.raw_decode(text)
    if end != len(text):
        raise NotALiteral("not tagged JSON: something behind it")
    return _Reader().value(packed, MAX_DEPTH)


class _Reader:
    """Reads one packed value: what is left of its nodes, and of the keys that may share a hash."""

    def __init__(self) -> None:
        self.nodes = MAX_NODES - 1
        self.collisions = MAX_COLLISIONS

    def value(self, packed: Json, depth: int) -> object:
        if isinstance(packed, list):
            return self.items(packed, depth)
        if isinstance(packed, dict):
            ((tag, body),) = packed.items()
            leaf = _LEAVES.get(tag)
            return leaf(body) if leaf else self.container(tag, body, depth)
        if isinstance(packed, str):
            if not packed.isascii() and _pack_text(packed) is not packed:
                raise NotALiteral("not tagged JSON: a bare string with surrogates")
        elif packed is not None and not -_EXACT <= packed <= _EXACT:
            raise NotALiteral("not tagged JSON: a bare integer beyond 2**53")
        return packed

    def container(self, tag: str, body: Json, depth: int) -> object:
        if tag == "t":
            return tuple(self.items(body, depth))
        if tag == "d":
            return self.dictionary(body, depth)
        make = {"s": set, "z": frozenset}[tag]
        items = self.items(body, depth)
        self.refuse_flood(items)
        return _distinct(make(items), len(items))

    def items(self, body: Json, depth: int) -> list[object]:
        if not isinstance(body, list):
            raise NotALiteral("not tagged JSON: items that are no list")
        self.spend(len(body), depth)
        return [self.value(item, depth - 1) for item in body]

    def dictionary(self, body: Json, depth: int) -> object:
        if not isinstance(body, list) or not all(isinstance(pair, list) for pair in body):
            raise NotALiteral("not tagged JSON: pairs that are no lists")
        self.spend(2 * len(body), depth)
        pairs = [(self.value(key, depth - 1), self.value(item, depth - 1)) for key, item in body]  # type: ignore[misc, str-unpack]
        self.refuse_flood([key for key, _ in pairs])
        return _distinct(dict(pairs), len(pairs))

    def spend(self, nodes: int, depth: int) -> None:
        self.nodes -= nodes
        if self.nodes < 0 or (nodes and depth <= 0):
            raise TooLarge(f"deeper than {MAX_DEPTH} or more than {MAX_NODES} parts")

    def refuse_flood(self, keys: list[object]) -> None:
        """Building a set takes the square of the number of keys that share a hash. Integers of one hash are easily forged."""
        self.collisions -= len(keys) - len(set(map(hash, keys)))
        if self.collisions < 0:
            raise NotALiteral(f"more than {MAX_COLLISIONS} keys share their hashes with others")


def _distinct(built: Any, items: int) -> object:
    if len(built) != items:
        raise NotALiteral("not tagged JSON: one key twice")
    return built


def _read_int(body: str) -> object:
    value = int(body, 16)
    return _as_written(value, body, "" if -_EXACT <= value <= _EXACT else _hex(value))


def _read_float(body: str) -> float:
    value = float(body) if body in ("nan", "inf", "-inf") else float.fromhex(body)
    _as_written(value, body, _float_text(value))
    return value


def _read_complex(body: list[str]) -> object:
    real, imaginary = body
    return complex(_read_float(real), _read_float(imaginary))


def _read_bytes(body: str) -> bytes:
    value = base64.b64decode(body, validate=True)
    _as_written(value, body, base64.b64encode(value).decode("ascii"))
    return value


def _read_text(body: str) -> object:
    value = _read_bytes(body).decode("utf-8", "surrogatepass")
    if _pack_text(value) is value:
        raise NotALiteral("not tagged JSON: a tagged string without surrogates")
    return value


def _as_written(value: object, body: object, written: str) -> object:
    if written != body:
        raise NotALiteral(f"not tagged JSON: written as {written[:40]!r}")
    return value


_LEAVES: dict[str, Callable[[Any], object]] = {
    "i": _read_int,
    "f": _read_float,
    "c": _read_complex,
    "b": _read_bytes,
    "u": _read_text,
}


def _untag(tagged: dict[str, Any]) -> object:
    ((tag, body),) = tagged.items()
    return _OWN[tag](body)


_OWN: dict[str, Callable[[Any], object]] = {
    "i": partial(int, base=16),
    "f": float.fromhex,
    "c": lambda body: complex(*map(float.fromhex, body)),
    "b": base64.b64decode,
    "u": lambda body: base64.b64decode(body).decode("utf-8", "surrogatepass"),
    "t": tuple,
    "s": set,
    "z": frozenset,
    "d": dict,
}
_OWN_SCANNER = make_scanner(json.JSONDecoder(object_hook=_untag))  # type: ignore[arg-type]
