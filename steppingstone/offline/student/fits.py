"""The last line of a program, fitted to the pairs: the constants that take what is at hand to the outputs."""

from collections.abc import Iterator
from math import gcd
from typing import Any

Vector = tuple[Any, ...]


def fit(values: Vector, outputs: Vector, sort: str) -> str:
    """An expression of `x` that turns each value into its output, if one of the known forms does; else empty."""
    if values == outputs:
        return "x"
    finders = {"int": _int, "ints": _ints, "str": _str, "table": _table, "pair": _pair}
    try:
        return next(finders[sort](values, outputs), "") if sort in finders else ""
    except (TypeError, ValueError, KeyError, OverflowError):  # a value of another sort among the later pairs
        return ""


def _int(values: Vector, outputs: Vector) -> Iterator[str]:
    if all(type(output) is int for output in outputs):
        if form := _scalar(values, outputs):
            yield form.format(v="x")
        for modulus in range(2, 6):
            for remainder in range(modulus):
                yield from _split(values, outputs, modulus, remainder)


def _split(values: Vector, outputs: Vector, modulus: int, remainder: int) -> Iterator[str]:
    """Two forms, one for the values of a remainder and one for the others."""
    inside = [(v, o) for v, o in zip(values, outputs, strict=True) if v % modulus == remainder]
    outside = [(v, o) for v, o in zip(values, outputs, strict=True) if v % modulus != remainder]
    if len(inside) > 1 and len(outside) > 1:
        yes, no = (_scalar(*zip(*side, strict=True)) for side in (inside, outside))
        if yes and no:
            yield f"{yes.format(v='x')} if x % {modulus} == {remainder} else {no.format(v='x')}"


def _scalar(values: Vector, outputs: Vector) -> str:
    """A form of `{v}` that turns each integer into its output: linear, a remainder, a quotient or an exclusive or."""
    pairs = list(zip(values, outputs, strict=True))
    (v0, o0), other = pairs[0], next(((v, o) for v, o in pairs if v != pairs[0][0]), None)
    if other is None:
        return ""
    slope, rest = divmod(other[1] - o0, other[0] - v0)
    offset = o0 - slope * v0
    if not rest and all(v * slope + offset == o for v, o in pairs):
        return f"{{v}} * {slope} + {offset}" if slope != 1 else f"{{v}} + {offset}"
    modulus = gcd(*(v - o for v, o in pairs))
    if modulus > 1 and all(v % modulus == o for v, o in pairs):
        return f"{{v}} % {modulus}"
    if all(v ^ o == v0 ^ o0 for v, o in pairs):
        return f"{{v}} ^ {v0 ^ o0}"
    for divisor in range(2, 10):
        if len({o - v // divisor for v, o in pairs}) == 1:
            return f"{{v}} // {divisor} + {o0 - v0 // divisor}"
    return ""


def _ints(values: Vector, outputs: Vector) -> Iterator[str]:
    if sort_is(outputs, list):
        if all(len(v) == len(o) for v, o in zip(values, outputs, strict=True)):
            yield from _elementwise(values, outputs)
        yield from _filtered(values, outputs)


def sort_is(outputs: Vector, kind: type) -> bool:
    """Whether all outputs are of a type."""
    return all(type(output) is kind for output in outputs)


def _elementwise(values: Vector, outputs: Vector) -> Iterator[str]:
    pairs = [(v, o) for value, output in zip(values, outputs, strict=True) for v, o in zip(value, output, strict=True)]
    if pairs and all(type(o) is int for _, o in pairs) and (form := _scalar(*zip(*pairs, strict=True))):
        yield f"[{form.format(v='n')} for n in x]"
    steps = {(o - v) / i for value, output in zip(values, outputs, strict=True)
             for i, (v, o) in enumerate(zip(value, output, strict=True)) if i and isinstance(o, int)}  # fmt: skip
    if len(steps) == 1 and (step := steps.pop()) == int(step):
        yield f"[n + i * {int(step)} for i, n in enumerate(x)]"


def _filtered(values: Vector, outputs: Vector) -> Iterator[str]:
    """A threshold that keeps just the outputs; where it lies between is a guess."""
    kept = [o for output in outputs for o in output]
    dropped = [v for value, output in zip(values, outputs, strict=True) for v in value if v not in output]
    if kept and dropped and all(type(o) is int for o in kept) and max(dropped) < min(kept):
        limit = (max(dropped) + min(kept)) // 2
        if all([v for v in value if v > limit] == output for value, output in zip(values, outputs, strict=True)):
            yield f"[n for n in x if n > {limit}]"
    for modulus in range(2, 6):
        for rest in range(modulus):
            if all([v for v in value if v % modulus != rest] == output for value, output in zip(values, outputs, strict=True)):
                yield f"[n for n in x if n % {modulus} != {rest}]"


def _str(values: Vector, outputs: Vector) -> Iterator[str]:
    if not sort_is(outputs, str):
        return
    first, output = values[0], outputs[0]
    if output.startswith(first):
        tail = output[len(first) :]
        if all(v + tail == o for v, o in zip(values, outputs, strict=True)):
            yield f"x + {tail!r}"
    if first.startswith(output[:1]) is False and output.endswith(first):
        head = output[: len(output) - len(first)]
        if all(head + v == o for v, o in zip(values, outputs, strict=True)):
            yield f"{head!r} + x"
    if all(len(v) == len(o) for v, o in zip(values, outputs, strict=True)):
        yield from _mapped(values, outputs)
    else:
        yield from _without(values, outputs)


def _mapped(values: Vector, outputs: Vector) -> Iterator[str]:
    """A letter for a letter, the same everywhere; letters not seen stay as they are, which may be wrong."""
    table: dict[str, str] = {}
    for value, output in zip(values, outputs, strict=True):
        for before, after in zip(value, output, strict=True):
            if table.setdefault(before, after) != after:
                return
    changed = {before: after for before, after in sorted(table.items()) if before != after}
    yield f"x.translate(str.maketrans({''.join(changed)!r}, {''.join(changed.values())!r}))"


def _without(values: Vector, outputs: Vector) -> Iterator[str]:
    gone = {c for value, output in zip(values, outputs, strict=True) for c in value if c not in output}
    if gone and all("".join(c for c in v if c not in gone) == o for v, o in zip(values, outputs, strict=True)):
        yield f"''.join(c for c in x if c not in {''.join(sorted(gone))!r})"


def _table(values: Vector, outputs: Vector) -> Iterator[str]:
    if sort_is(outputs, dict) and all(list(v) == list(o) for v, o in zip(values, outputs, strict=True)):
        pairs = [(v[key], o[key]) for v, o in zip(values, outputs, strict=True) for key in v]
        if pairs and all(type(o) is int for _, o in pairs) and (form := _scalar(*zip(*pairs, strict=True))):
            yield f"{{k: {form.format(v='v')} for k, v in x.items()}}"


def _pair(values: Vector, outputs: Vector) -> Iterator[str]:
    if not all(type(o) is tuple and len(o) == 2 and all(type(item) is int for item in o) for o in outputs):
        return
    parts = [[value[side] for value in values] for side in (0, 1)]
    for order in ((0, 1), (1, 0)):
        forms = [_scalar(tuple(parts[side]), tuple(o[at] for o in outputs)) for at, side in enumerate(order)]
        if all(forms):
            yield "({}, {})".format(*(form.format(v=f"x[{side}]") for form, side in zip(forms, order, strict=True)))
