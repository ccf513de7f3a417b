"""Methods of values: a closed list by type, with caps on those that can make a value grow."""

import collections
import re
from collections.abc import Callable
from typing import Any

from steppingstone.offline.interpreter.machine import MAX_SIZE, OutOfBudget, Unsupported
from steppingstone.offline.interpreter.operators import check_format

_DICT = "get items keys values setdefault pop popitem update copy clear fromkeys"
_LIST = "append extend insert pop remove sort reverse index count copy clear"
_SET = """add discard remove union intersection difference symmetric_difference issubset issuperset isdisjoint update
    copy pop clear difference_update intersection_update"""
_NAMES: dict[type, str] = {
    str: """capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha isascii isdecimal
    isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition
    removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase
    title translate upper zfill""",
    bytes: "hex decode count find startswith endswith split strip lower upper replace join",
    int: "bit_length bit_count conjugate",
    bool: "bit_length",
    float: "is_integer",
    list: _LIST,
    tuple: "index count",
    dict: _DICT,
    set: _SET,
    frozenset: "union intersection difference symmetric_difference issubset issuperset isdisjoint copy",
    range: "index count",
    collections.Counter: _DICT + " most_common subtract total",
    collections.defaultdict: _DICT,
    collections.OrderedDict: _DICT + " move_to_end",
    collections.deque: _LIST + " appendleft popleft extendleft rotate",
    re.Match: "group groups start end span groupdict",
}
METHODS: dict[type, frozenset[str]] = {kind: frozenset(names.split()) for kind, names in _NAMES.items()}
_FIELD = re.compile(r"\{[^{}:!]*[.\[]|\{[^}]*\{")
_PADDING = frozenset(("center", "ljust", "rjust", "zfill", "expandtabs"))


def method(value: Any, name: str) -> Callable[..., Any]:
    """The bound method of a value, or of a type such as `str`. Raises `Unsupported` for any other attribute."""
    kind = type(value)
    if kind is type and name in METHODS.get(value, ()) and (value, name) not in _GUARDED:
        return getattr(value, name)  # type: ignore[no-any-return]
    if name not in METHODS.get(kind, ()):
        if kind in METHODS and not hasattr(value, name):
            raise AttributeError(f"{kind.__name__!r} object has no attribute {name!r}")
        raise Unsupported(f"{kind.__name__}.{name}")
    return _GUARDED.get((kind, name), getattr)(value, name)  # type: ignore[no-any-return]


def _pad(value: str, name: str) -> Callable[..., Any]:
    def padded(width: int, *rest: Any) -> Any:
        if isinstance(width, int) and width * (value.count("\t") or 1) > MAX_SIZE:
            raise OutOfBudget("a text too wide")
        return getattr(value, name)(width, *rest)

    return padded


def _replace(value: str, _name: str) -> Callable[..., Any]:
    def replaced(old: str, new: str, *rest: Any) -> str:
        if isinstance(new, str) and (len(value) + 1) * (len(new) + 1) > MAX_SIZE:
            raise OutOfBudget("a replacement too long")
        return value.replace(old, new, *rest)

    return replaced


def _join(value: str, _name: str) -> Callable[..., Any]:
    def joined(items: Any) -> str:
        parts = list(items)
        if sum(len(part) + len(value) for part in parts if isinstance(part, str)) > MAX_SIZE:
            raise OutOfBudget("a text too long")
        return value.join(parts)

    return joined


def _fill(value: str, _name: str) -> Callable[..., Any]:
    def filled(*values: Any, **named: Any) -> str:
        check_format(value)
        if _FIELD.search(value.replace("{{", "").replace("}}", "")):
            raise Unsupported("a format field that looks into its value")
        return value.format(*values, **named)

    return filled


def _translate(value: str, _name: str) -> Callable[..., Any]:
    def translated(table: Any) -> str:
        longest = max((len(item) for item in table.values() if isinstance(item, str)), default=1)
        if longest * len(value) > MAX_SIZE:
            raise OutOfBudget("a text too long")
        return value.translate(table)

    return translated


def _extend(value: Any, name: str) -> Callable[..., Any]:
    def extended(items: Any) -> None:
        added = list(items)
        if len(value) + len(added) > MAX_SIZE:
            raise OutOfBudget("a list too long")
        getattr(value, name)(added)

    return extended


_GUARDED: dict[tuple[type, str], Callable[[Any, str], Any]] = {
    **{(str, name): _pad for name in _PADDING},
    (str, "replace"): _replace,
    (str, "join"): _join,
    (str, "format"): _fill,
    (str, "translate"): _translate,
    (list, "extend"): _extend,
    (collections.deque, "extend"): _extend,
    (collections.deque, "extendleft"): _extend,
}
