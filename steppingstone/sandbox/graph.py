"""Values between a solution and its tests: literals, graphs of shared mutable objects, and handles for what stays at home.

A message is JSON `[root, nodes]`. Immutable values are written in place, by the tags of `steppingstone.values`; each
list, dictionary, set, deque and instance of a class that BOTH sides define is a node, referred to by `{"r": index}`, so
that cycles and shared parts survive and no depth is too deep. `{"h": [number, kind]}` is a handle, `{"k": [type, …]}`
one of a few plain types of the standard library, `{"y": name}` a class of builtin data, e.g. `int` itself. A subclass
of a builtin type travels as what it holds.
"""

import collections
import datetime
import decimal
import fractions
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from steppingstone import values

MAX_DEPTH = 100
MAX_PARTS = 500_000

Json = Any

_PLAIN: dict[str, tuple[type, Callable[[Any], list[Json]]]] = {
    "datetime": (datetime.datetime, lambda v: [v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond]),
    "date": (datetime.date, lambda v: [v.year, v.month, v.day]),
    "time": (datetime.time, lambda v: [v.hour, v.minute, v.second, v.microsecond]),
    "timedelta": (datetime.timedelta, lambda v: [v.days, v.seconds, v.microseconds]),
    "decimal": (decimal.Decimal, lambda v: [str(v)]),
    "fraction": (fractions.Fraction, lambda v: [str(v)]),
    "range": (range, lambda v: [v.start, v.stop, v.step]),
}
_TAG_OF = {kind: tag for tag, (kind, _) in _PLAIN.items()}
_NODES: dict[str, type] = {"l": list, "d": dict, "s": set, "q": collections.deque, "b": bytearray}
_TAG_OF_NODE = {kind: tag for tag, kind in _NODES.items()}
_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (type(None), bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)
}
_BASES: tuple[Any, ...] = (dict, list, set, str, bytes, int, float, tuple, frozenset)


class Unsendable(TypeError):
    """The value cannot leave its process."""


class Writer:
    """Packs one message. `shared`: classes by value, by name; `handle`: a handle's JSON for any other object."""

    def __init__(self, shared: Mapping[str, type], handle: Callable[[object], Json]) -> None:
        self.nodes: list[object] = []
        self._index: dict[int, int] = {}
        self._shared = {kind: name for name, kind in shared.items()}
        self._handle = handle
        self._parts = MAX_PARTS

    def know(self, nodes: Iterable[object]) -> None:
        """These objects are nodes of the message that this one answers, with the same indexes."""
        for node in nodes:
            self._refer(node)

    def pack(self, root: object) -> bytes:
        """The message. Raises `Unsendable` or `values.TooLarge`."""
        packed = self._value(root, MAX_DEPTH)
        states = [self._state(node) for node in _growing(self.nodes)]
        return json.dumps([packed, states], separators=(",", ":")).encode("ascii")

    def _value(self, value: object, depth: int) -> Json:
        self._parts -= 1
        if depth < 0 or self._parts < 0:
            raise values.TooLarge(f"deeper than {MAX_DEPTH} or more than {MAX_PARTS} parts")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind in (int, float, complex, bytes, str):
            return json.loads(values.encode(value))
        if kind in (tuple, frozenset):
            return {"t" if kind is tuple else "z": [self._value(item, depth - 1) for item in value]}  # type: ignore[attr-defined]
        if kind in _TAG_OF_NODE or kind in self._shared:
            return {"r": self._refer(value)}
        if kind is type and value in _CLASSES.values():
            return {"y": value.__name__}  # type: ignore[attr-defined]
        if kind in _TAG_OF:
            return {"k": [_TAG_OF[kind], *_PLAIN[_TAG_OF[kind]][1](value)]}
        return self._other(value, depth)

    def _other(self, value: Any, depth: int) -> Json:
        """A subclass's content as its base tells it: none of the subclass's own methods is asked."""
        base = next((base for base in _BASES if issubclass(type(value), base)), None)
        if base is None:
            return self._handle(value)
        if base is dict:
            return self._value(dict(dict.items(value)), depth)
        read: Any = {int: int.__int__, float: float.__float__, str: str.__str__, bytes: bytes.__bytes__}.get(base)
        plain: Any = read(value) if read else base(base.__iter__(value))
        return self._value(plain, depth)

    def _refer(self, node: object) -> int:
        index = self._index.get(id(node))
        if index is None:
            index = self._index[id(node)] = len(self.nodes)
            self.nodes.append(node)
        return index

    def _state(self, node: Any) -> Json:
        kind = type(node)
        if kind is dict:
            return ["d", [[self._value(key, MAX_DEPTH), self._value(item, MAX_DEPTH)] for key, item in node.items()]]
        if kind is bytearray:
            return ["b", node.hex()]
        if kind in _TAG_OF_NODE:
            return [_TAG_OF_NODE[kind], [self._value(item, MAX_DEPTH) for item in node]]
        return ["o", self._shared[kind], [[name, self._value(item, MAX_DEPTH)] for name, item in _attributes(node)]]


class Reader:
    """Unpacks one message; each object keeps its identity if `known` (nodes of the message answered) has it."""

    def __init__(self, shared: Mapping[str, type], resolve: Callable[[Json], object], known: Iterable[object] = ()) -> None:
        self.nodes: list[Any] = list(known)
        self._shared = shared
        self._resolve = resolve

    def unpack(self, data: bytes) -> Any:
        """The root. Raises ValueError, TypeError, LookupError, ArithmeticError or RecursionError for a forged message."""
        try:
            return self._unpack(data)
        except AttributeError as error:
            raise ValueError(f"attributes that their object does not have: {error}") from error

    def _unpack(self, data: bytes) -> Any:
        root, states = json.loads(data)
        for state in states[len(self.nodes) :]:
            self.nodes.append(self._shell(state))
        # instances first: a set or dictionary may hash them
        for index in sorted(range(len(states)), key=lambda index: states[index][0] in "ds"):
            self._fill(self.nodes[index], states[index])
        return self._value(root)

    def _shell(self, state: Json) -> object:
        if state[0] == "o":
            kind = self._shared[state[1]]
            return object.__new__(kind)
        return _NODES[state[0]]()

    def _fill(self, node: Any, state: Json) -> None:
        if state[0] != _TAG_OF_NODE.get(type(node), "o"):
            raise ValueError("a node changed its type")
        if state[0] == "o":
            self._fill_instance(node, state[2])
            return
        if state[0] == "b":
            node[:] = bytes.fromhex(state[1])
            return
        content = [self._pair(item) if state[0] == "d" else self._value(item) for item in state[1]]
        node.clear()
        node.update(content) if state[0] in "ds" else node.extend(content)

    def _pair(self, item: Json) -> tuple[object, object]:
        return self._value(item[0]), self._value(item[1])

    def _fill_instance(self, node: object, attributes: Json) -> None:
        """A message may not put itself in the place of a class's own methods."""
        for name, item in attributes:
            if name.startswith("__") or callable(getattr(type(node), name, None)):
                raise ValueError(f"an instance with {name!r} of its own")
            object.__setattr__(node, name, self._value(item))

    def _value(self, packed: Json) -> object:
        if not isinstance(packed, dict):
            if isinstance(packed, (list, float)):
                raise ValueError("not a value")
            return packed
        ((tag, body),) = packed.items()
        if tag == "r":
            return self.nodes[body]
        if tag in ("t", "z"):
            return (tuple if tag == "t" else frozenset)(self._value(item) for item in body)
        if tag == "h":
            return self._resolve(body)
        if tag == "y":
            return _CLASSES[body]
        if tag == "k":
            return _PLAIN[body[0]][0](*body[1:])
        return values.decode(json.dumps(packed).encode())


def _growing(nodes: list[object]) -> Iterable[object]:
    at = 0
    while at < len(nodes):
        yield nodes[at]
        at += 1


def _attributes(node: object) -> list[tuple[str, object]]:
    slots = [name for kind in type(node).__mro__ for name in _names(kind.__dict__.get("__slots__", ()))]
    named = [(name, getattr(node, name)) for name in slots if not name.startswith("__") and hasattr(node, name)]
    return named + [item for item in getattr(node, "__dict__", {}).items() if not item[0].startswith("__")]


def _names(slots: Any) -> list[str]:
    return [slots] if isinstance(slots, str) else list(slots)
