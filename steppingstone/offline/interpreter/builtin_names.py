"""The builtins, modules and methods that an interpreted program may use, each with its cap."""

import bisect
import collections
import functools
import heapq
import itertools
import math
import operator
import re
import string
from collections.abc import Callable, Iterable
from typing import Any

from steppingstone.offline.interpreter.machine import MAX_SIZE, OutOfBudget, Unsupported
from steppingstone.offline.interpreter.operators import bounded, check_format, power

MAX_RANGE = 1_000_000
MAX_MODULAR_BITS = 1024
MAX_DIGITS = 300
_REPEATED_GROUP = re.compile(r"\)[*+{?]|\\[1-9]|\(\?[^:P]")


class Module:
    """A module as interpreted programs see it: some names and nothing else."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names


def _range(*limits: int) -> range:
    made = range(*limits)
    if len(made) > MAX_RANGE:
        raise OutOfBudget("a range too long")
    return made


def _type(*values: Any) -> type:
    (value,) = values
    if type(value) not in _KINDS:
        raise Unsupported("the type of something that is no literal")
    return type(value)


def _iter(*values: Any) -> Any:
    (value,) = values
    return iter(value)


def _bytes(*values: Any) -> bytes:
    if values and isinstance(values[0], int) and values[0] > MAX_SIZE:
        raise OutOfBudget("bytes too long")
    return bytes(*values)


def _power(base: Any, exponent: Any, modulus: Any = None) -> Any:
    if modulus is None:
        return power(base, exponent)
    if any(isinstance(value, int) and value.bit_length() > MAX_MODULAR_BITS for value in (base, exponent, modulus)):
        raise OutOfBudget("a modular power too large")
    return pow(base, exponent, modulus)


def _round(number: Any, digits: Any = None) -> Any:
    if isinstance(digits, int) and abs(digits) > MAX_DIGITS:
        raise OutOfBudget("rounding to too many digits")
    return round(number) if digits is None else round(number, digits)


def _format(value: Any, spec: str = "") -> str:
    check_format(spec)
    return format(value, spec)


def _product(values: Iterable[Any]) -> Any:
    return bounded(math.prod(itertools.islice(values, 2000)))


def _remainder(left: Any, right: Any) -> Any:
    return int(left) % right


def _print(*_values: Any, **_options: Any) -> None:
    return None


def _small(function: Callable[..., Any], most: int) -> Callable[..., Any]:
    def checked(*values: Any) -> Any:
        if any(isinstance(value, int) and value > most for value in values):
            raise OutOfBudget("an argument too large")
        return function(*values)

    return checked


def _listed(function: Callable[..., Iterable[Any]]) -> Callable[..., Any]:
    def listed(*values: Any, **options: Any) -> Any:
        items = list(itertools.islice(function(*values, **options), MAX_SIZE))
        if len(items) == MAX_SIZE:
            raise OutOfBudget("too many combinations")
        return iter(items)

    return listed


def _careful(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `re` that refuses patterns which could take exponential time."""

    def checked(pattern: str, *values: Any, **options: Any) -> Any:
        if not isinstance(pattern, str) or _REPEATED_GROUP.search(pattern) or sum(pattern.count(c) for c in "*+{") > 3:
            raise Unsupported("a pattern too complex")
        if any(len(value) > 1000 for value in values if isinstance(value, str)):
            raise OutOfBudget("a text too long for a pattern")
        return function(pattern, *values, **options)

    return checked


_TYPES: tuple[type, ...] = (int, str, float, bool, list, tuple, dict, set, frozenset, complex)
_KINDS = frozenset((*_TYPES, bytes, type(None), range))
_PLAIN: tuple[Callable[..., Any], ...] = (
    len, sum, min, max, sorted, reversed, enumerate, zip, map, filter, any, all, abs, divmod, ord, chr, bin, hex, oct,
    repr, isinstance, next, callable, slice, ascii,
)  # fmt: skip
_ERRORS: tuple[type[BaseException], ...] = (
    Exception, ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, AssertionError, AttributeError, NameError,
    RuntimeError, StopIteration, OverflowError, ArithmeticError, LookupError, NotImplementedError, UnicodeError,
    UnicodeDecodeError, UnicodeEncodeError, RecursionError,
)  # fmt: skip

BUILTINS: dict[str, Any] = (
    {kind.__name__: kind for kind in _TYPES}
    | {function.__name__: function for function in _PLAIN}
    | {error.__name__: error for error in _ERRORS}
    | {
        "range": _range,
        "type": _type,
        "iter": _iter,
        "bytes": _bytes,
        "pow": _power,
        "round": _round,
        "format": _format,
        "print": _print,
    }
)

_MATH = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
_MATH |= {"factorial": _small(math.factorial, 300), "comb": _small(math.comb, 1000), "perm": _small(math.perm, 300)}
_MATH |= {"pow": math.pow, "prod": _product}
_ITERTOOLS = ("product", "permutations", "combinations", "combinations_with_replacement", "accumulate", "chain", "islice",
              "takewhile", "dropwhile", "zip_longest", "pairwise", "starmap", "compress", "filterfalse")  # fmt: skip
_OPERATOR = ("add", "sub", "floordiv", "and_", "or_", "xor", "neg", "eq", "ne", "lt", "le", "gt", "ge", "not_", "contains",
             "itemgetter", "truediv")  # fmt: skip
_RE = ("findall", "match", "search", "fullmatch", "sub", "split", "escape")

MODULES: dict[str, Module] = {
    "math": Module(_MATH),
    "string": Module({name: value for name, value in vars(string).items() if isinstance(value, str) and name[0] != "_"}),
    "collections": Module({n: getattr(collections, n) for n in ("Counter", "defaultdict", "deque", "OrderedDict")}),
    "itertools": Module({n: _listed(getattr(itertools, n)) for n in _ITERTOOLS} | {"groupby": itertools.groupby}),
    "functools": Module({"reduce": functools.reduce, "cmp_to_key": functools.cmp_to_key}),
    "operator": Module({name: getattr(operator, name) for name in _OPERATOR}),
    "bisect": Module({n: getattr(bisect, n) for n in ("bisect", "bisect_left", "bisect_right", "insort")}),
    "heapq": Module({n: getattr(heapq, n) for n in ("heappush", "heappop", "heapify", "nlargest", "nsmallest")}),
    "re": Module({n: _careful(getattr(re, n)) for n in _RE}),
}
# `operator.mod` on a text would format it; numbers are all it is for here.
MODULES["operator"].names["mod"] = _remainder
