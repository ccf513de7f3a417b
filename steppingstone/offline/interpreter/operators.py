"""Operators with caps: what would make a huge value is refused before it is made."""

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from steppingstone.offline.interpreter.machine import MAX_BITS, MAX_SIZE, OutOfBudget

_LARGE = 1 << 256
_WIDTH = re.compile(r"\d{4,}|\*")


def bounded(value: Any) -> Any:
    """The value, if it is small enough to go on with. Raises `OutOfBudget` if not."""
    kind = type(value)
    if kind is int:
        if not -_LARGE < value < _LARGE and value.bit_length() > MAX_BITS:
            raise OutOfBudget("an integer too large")
    elif kind in (str, list, tuple, bytes, dict, set) and len(value) > MAX_SIZE:
        raise OutOfBudget("a value too large")
    return value


def add(left: Any, right: Any) -> Any:
    """`left + right`."""
    return bounded(left + right)


def multiply(left: Any, right: Any) -> Any:
    """`left * right`; a sequence is measured before it is repeated."""
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, str | list | tuple | bytes) and isinstance(times, int) and len(sequence) * times > MAX_SIZE:
            raise OutOfBudget("a repetition too long")
    return bounded(left * right)


def power(base: Any, exponent: Any) -> Any:
    """`base ** exponent`."""
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * abs(exponent) > MAX_BITS:
        raise OutOfBudget("a power too large")
    return base**exponent


def shift_left(value: Any, places: Any) -> Any:
    """`value << places`."""
    if isinstance(places, int) and places > MAX_BITS:
        raise OutOfBudget("a shift too far")
    return bounded(value << places)


def modulo(left: Any, right: Any) -> Any:
    """`left % right`, of numbers or of a format string."""
    if isinstance(left, str | bytes):
        check_format(str(left))
    return bounded(left % right)


def check_format(spec: str) -> None:
    """Raises `OutOfBudget` if a format asks for a width that makes a huge text."""
    if _WIDTH.search(spec):
        raise OutOfBudget("a format too wide")


def extend_in_place(left: Any, right: Any) -> Any:
    """`left += right`."""
    if hasattr(left, "__len__") and hasattr(right, "__len__") and len(left) + len(right) > MAX_SIZE:
        raise OutOfBudget("a list too long")
    left += right
    return bounded(left)


def multiply_in_place(left: Any, right: Any) -> Any:
    """`left *= right`."""
    if isinstance(left, list) and isinstance(right, int) and len(left) * right > MAX_SIZE:
        raise OutOfBudget("a list too long")
    if not isinstance(left, list):
        return multiply(left, right)
    left *= right
    return left


BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: operator.sub,
    ast.Mult: multiply,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: modulo,
    ast.Pow: power,
    ast.LShift: shift_left,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
IN_PLACE: dict[type[ast.AST], Callable[[Any, Any], Any]] = BINARY | {
    ast.Add: extend_in_place,
    ast.Mult: multiply_in_place,
    ast.Sub: operator.isub,
    ast.BitAnd: operator.iand,
    ast.BitOr: operator.ior,
    ast.BitXor: operator.ixor,
}
UNARY: dict[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
COMPARE: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
