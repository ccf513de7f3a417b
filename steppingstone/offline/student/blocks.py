"""The building blocks of program search: what one line of a small program can do to a value of a sort."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

Apply = Callable[..., Any]

_BLOCKS: tuple[tuple[str, str, str, Apply], ...] = (
    ("int", "multiply", "x * {s}", lambda x, s: x * s),
    ("int", "add combine constant", "x + {n}", lambda x, n: x + n),
    ("int", "distance", "abs(x - {n})", lambda x, n: abs(x - n)),
    ("int", "remainder", "x % {s}", lambda x, s: x % s),
    ("int", "remainder", "x % {n}", lambda x, n: x % n),
    ("int", "divide split", "x // {s}", lambda x, s: x // s),
    ("int", "combine constant", "x ^ {n}", lambda x, n: x ^ n),
    ("int", "absolute", "abs(x)", abs),
    ("int", "digits", "[int(d) for d in str(abs(x))]", lambda x: [int(d) for d in str(abs(x))]),
    ("int", "write number", "str(x)", str),
    ("int", "binary write", "bin(abs(x))[2:]", lambda x: bin(abs(x))[2:]),
    ("int", "hexadecimal write", "hex(abs(x))[2:]", lambda x: hex(abs(x))[2:]),
    ("int", "divide remainder", "divmod(x, {n})", divmod),
    ("int", "divide remainder", "list(divmod(x, {n}))", lambda x, n: list(divmod(x, n))),
    ("int", "row", "[x // {s} + i for i in range(5)]", lambda x, s: [x // s + i for i in range(5)]),
    ("str", "reverse", "x[::-1]", lambda x: x[::-1]),
    ("str", "case", "x.swapcase()", str.swapcase),
    ("str", "case", "x.title()", str.title),
    ("str", "case", "x.upper()", str.upper),
    ("str", "case", "x.capitalize()", str.capitalize),
    ("str", "case", "x.lower()", str.lower),
    ("str", "strip", "x.strip()", str.strip),
    ("str", "first", "x[0]", lambda x: x[0]),
    ("str", "last", "x[-1]", lambda x: x[-1]),
    ("str", "drop", "x[{s}:]", lambda x, s: x[s:]),
    ("str", "drop", "x[1:]", lambda x: x[1:]),
    ("str", "drop", "x[:-1]", lambda x: x[:-1]),
    ("str", "beginning", "x[:{s}]", lambda x, s: x[:s]),
    ("str", "sort", "''.join(sorted(x))", lambda x: "".join(sorted(x))),
    ("str", "rotate", "x[{s}:] + x[:{s}]", lambda x, s: x[s:] + x[:s]),
    ("str", "regroup every", "x[::2] + x[1::2]", lambda x: x[::2] + x[1::2]),
    ("str", "replace letter", "x.replace({c}, {d})", lambda x, c, d: x.replace(c, d)),
    ("str", "remove letter", "x.replace({c}, '')", lambda x, c: x.replace(c, "")),
    ("str", "double letter", "x.replace({c}, {c} * 2)", lambda x, c: x.replace(c, c * 2)),
    ("str", "shift letter", "''.join(chr((ord(c) - 97 + {s}) % 26 + 97) if c.islower() else c for c in x)",
     lambda x, s: "".join(chr((ord(c) - 97 + s) % 26 + 97) if c.islower() else c for c in x)),
    ("str", "length measure", "len(x)", len),
    ("str", "count letter", "x.count({c})", lambda x, c: x.count(c)),
    ("str", "codes add", "sum(ord(c) for c in x)", lambda x: sum(map(ord, x))),
    ("str", "codes", "[ord(c) for c in x]", lambda x: [ord(c) for c in x]),
    ("str", "split", "x.split({c})", lambda x, c: x.split(c)),
    ("str", "split", "x.split()", str.split),
    ("str", "cut parts", "[x[i:i + {s}] for i in range(0, len(x), {s})]",
     lambda x, s: [x[i : i + s] for i in range(0, len(x), s)]),
    ("str", "count letters", "{{c: x.count(c) for c in sorted(set(x))}}",
     lambda x: {c: x.count(c) for c in sorted(set(x))}),
    ("str", "places letters map", "{{c: i for i, c in enumerate(x)}}", lambda x: {c: i for i, c in enumerate(x)}),
    ("str", "count letters", "[x.count(c) + i for i, c in enumerate(x)]",
     lambda x: [x.count(c) + i for i, c in enumerate(x)]),
    ("ints", "reverse", "x[::-1]", lambda x: x[::-1]),
    ("ints", "first", "x[0]", lambda x: x[0]),
    ("ints", "last", "x[-1]", lambda x: x[-1]),
    ("ints", "drop", "x[1:]", lambda x: x[1:]),
    ("ints", "sort", "sorted(x)", sorted),
    ("ints", "sort repetition", "sorted(set(x))", lambda x: sorted(set(x))),
    ("ints", "rotate", "x[{s}:] + x[:{s}]", lambda x, s: x[s:] + x[:s]),
    ("ints", "multiply", "[n * {s} for n in x]", lambda x, s: [n * s for n in x]),
    ("ints", "combine constant", "[n ^ {n} for n in x]", lambda x, n: [m ^ n for m in x]),
    ("ints", "remainder", "[n % {s} for n in x]", lambda x, s: [n % s for n in x]),
    ("ints", "filter multiple", "[n for n in x if n % {s}]", lambda x, s: [n for n in x if n % s]),
    ("ints", "filter multiple", "[n for n in x if n % {s} == 0]", lambda x, s: [n for n in x if n % s == 0]),
    ("ints", "filter multiple", "[n for n in x if n % {s} != 1]", lambda x, s: [n for n in x if n % s != 1]),
    ("ints", "filter small", "[n for n in x if n > {n}]", lambda x, n: [m for m in x if m > n]),
    ("ints", "place", "[n + i * {s} for i, n in enumerate(x)]", lambda x, s: [n + i * s for i, n in enumerate(x)]),
    ("ints", "difference", "[b - a for a, b in zip(x, x[1:])]", lambda x: [b - a for a, b in pairwise(x)]),
    ("ints", "add", "list(accumulate(x))", lambda x: list(accumulate(x))),
    ("ints", "add sum", "sum(x)", sum),
    ("ints", "count length", "len(x)", len),
    ("ints", "span end", "max(x, default=0)", lambda x: max(x, default=0)),
    ("ints", "span end", "min(x, default=0)", lambda x: min(x, default=0)),
    ("ints", "span", "max(x) - min(x)", lambda x: max(x) - min(x)),
    ("ints", "join", "{c}.join(str(n) for n in x)", lambda x, c: c.join(str(n) for n in x)),
    ("ints", "letters", "''.join(chr(97 + n % 26) for n in x)", lambda x: "".join(chr(97 + n % 26) for n in x)),
    ("ints", "add", "(sum(x), len(x))", lambda x: (sum(x), len(x))),
    ("ints", "end", "(min(x), max(x))", lambda x: (min(x), max(x))),
    ("ints", "turns add", "sum(-n if i % {s} else n for i, n in enumerate(x))",
     lambda x, s: sum(-n if i % s else n for i, n in enumerate(x))),
    ("ints", "count", "{{str(n): x.count(n) for n in sorted(x)}}", lambda x: {str(n): x.count(n) for n in sorted(x)}),
    ("ints", "remainder last", "{{str(n % {s}): n for n in x}}", lambda x, s: {str(n % s): n for n in x}),
    ("strs", "reverse each", "[w[::-1] for w in x]", lambda x: [w[::-1] for w in x]),
    ("strs", "reverse", "x[::-1]", lambda x: x[::-1]),
    ("strs", "first", "x[0]", lambda x: x[0]),
    ("strs", "last", "x[-1]", lambda x: x[-1]),
    ("strs", "sort", "sorted(x)", sorted),
    ("strs", "sort length", "sorted(x, key=lambda w: (len(w), w))", lambda x: sorted(x, key=lambda w: (len(w), w))),
    ("strs", "case", "[w.capitalize() for w in x]", lambda x: [w.capitalize() for w in x]),
    ("strs", "case", "[w.upper() for w in x]", lambda x: [w.upper() for w in x]),
    ("strs", "number", "[w + str(i) for i, w in enumerate(x)]", lambda x: [w + str(i) for i, w in enumerate(x)]),
    ("strs", "filter short", "[w for w in x if len(w) > {s}]", lambda x, s: [w for w in x if len(w) > s]),
    ("strs", "rotate each", "[w[{s}:] + w[:{s}] for w in x]", lambda x, s: [w[s:] + w[:s] for w in x]),
    ("strs", "replace letter", "[w.replace({c}, {d}) for w in x]", lambda x, c, d: [w.replace(c, d) for w in x]),
    ("strs", "join neighbour", "[a + b for a, b in zip(x, x[1:])]", lambda x: [a + b for a, b in pairwise(x)]),
    ("strs", "join", "{c}.join(x)", lambda x, c: c.join(x)),
    ("strs", "join", "''.join(x)", "".join),
    ("strs", "join beginning", "''.join(w[:{s}] for w in x)", lambda x, s: "".join(w[:s] for w in x)),
    ("strs", "length measure", "[len(w) for w in x]", lambda x: [len(w) for w in x]),
    ("strs", "length measure", "sum(len(w) for w in x)", lambda x: sum(map(len, x))),
    ("strs", "count", "[w.count({c}) for w in x]", lambda x, c: [w.count(c) for w in x]),
    ("strs", "length map", "{{w: len(w) for w in x}}", lambda x: {w: len(w) for w in x}),
    ("strs", "place map initial", "{{w[:1]: i for i, w in enumerate(x)}}",
     lambda x: {w[:1]: i for i, w in enumerate(x)}),
    ("pair", "swap", "(x[1], x[0])", lambda x: (x[1], x[0])),
    ("pair", "multiply", "(x[0] * {s}, x[1])", lambda x, s: (x[0] * s, x[1])),
    ("pair", "swap", "(x[1], x[0] + {n})", lambda x, n: (x[1], x[0] + n)),
    ("pair", "mix", "(x[0] + x[1], x[0] * {s} - x[1])", lambda x, s: (x[0] + x[1], x[0] * s - x[1])),
    ("pair", "mix add", "x[0] + x[1]", lambda x: x[0] + x[1]),
    ("pair", "mix", "x[0] * {s} + x[1]", lambda x, s: x[0] * s + x[1]),
    ("pair", "mix", "x[0] ^ x[1] * {s}", lambda x, s: x[0] ^ x[1] * s),
    ("pair", "multiply", "x[0] * x[1]", lambda x: x[0] * x[1]),
    ("pair", "row", "[x[0], x[1], x[0] + x[1]]", lambda x: [x[0], x[1], x[0] + x[1]]),
    ("pair", "row", "list(x)", list),
    ("pair", "write", "str(x[0]) + {c} + str(x[1])", lambda x, c: str(x[0]) + c + str(x[1])),
    ("table", "multiply value", "{{k: v * {s} for k, v in x.items()}}", lambda x, s: {k: v * s for k, v in x.items()}),
    ("table", "filter small value", "{{k: v for k, v in x.items() if v > {s}}}",
     lambda x, s: {k: v for k, v in x.items() if v > s}),
    ("table", "reverse key", "{{k[::-1]: v for k, v in x.items()}}", lambda x: {k[::-1]: v for k, v in x.items()}),
    ("table", "mark key", "{{k + {c}: v + len(k) for k, v in x.items()}}",
     lambda x, c: {k + c: v + len(k) for k, v in x.items()}),
    ("table", "value key", "[x[k] for k in sorted(x)]", lambda x: [x[k] for k in sorted(x)]),
    ("table", "sort value", "sorted(v + len(k) for k, v in x.items())",
     lambda x: sorted(v + len(k) for k, v in x.items())),
    ("table", "sort value", "sorted(x.values())", lambda x: sorted(x.values())),
    ("table", "sort key value", "sorted(x, key=lambda k: (-x[k], k))", lambda x: sorted(x, key=lambda k: (-x[k], k))),
    ("table", "filter key", "[k for k in sorted(x) if x[k] > {s}]", lambda x, s: [k for k in sorted(x) if x[k] > s]),
    ("table", "key", "sorted(x)", sorted),
    ("table", "add value", "sum(x.values())", lambda x: sum(x.values())),
    ("table", "weigh key", "sum(v * len(k) for k, v in x.items())", lambda x: sum(v * len(k) for k, v in x.items())),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One line: its expression of `x`, what it does, and the words by which a hint may speak of it."""

    text: str
    apply: Callable[[Any], Any]
    about: frozenset[str]


def blocks(numbers: list[int], letters: list[str]) -> dict[str, list[Block]]:
    """All blocks by sort, their parameters filled with small numbers and with these numbers and letters."""
    made: dict[str, list[Block]] = {}
    choices: dict[str, list[Any]] = {"s": [2, 3, 4, 5, 6, 7, 8, 9], "n": numbers, "c": letters, "d": letters}
    for sort, about, text, apply in _BLOCKS:
        names = [name for name in "sncd" if f"{{{name}}}" in text]
        for values in _combined([choices[name] for name in names]):
            if len(values) == 2 and values[0] == values[1]:
                continue
            filled = text.format(**{name: repr(value) for name, value in zip(names, values, strict=True)})
            made.setdefault(sort, []).append(Block(filled, _bound(apply, values), frozenset(about.split())))
    return made


def _combined(lists: list[list[Any]]) -> list[tuple[Any, ...]]:
    combined: list[tuple[Any, ...]] = [()]
    for items in lists:
        combined = [(*head, item) for head in combined for item in items]
    return combined


def _bound(apply: Apply, values: tuple[Any, ...]) -> Callable[[Any], Any]:
    return (lambda value: apply(value, *values)) if values else apply


def sort_of(values: tuple[Any, ...]) -> str:
    """The sort that all these values share; empty if they share none."""
    sorts = {_sort(value) for value in values} - {"empty"}
    return sorts.pop() if len(sorts) == 1 else "ints" if not sorts else ""


def _sort(value: Any) -> str:
    if isinstance(value, list):
        kinds = {type(item) for item in value}
        return "empty" if not kinds else "ints" if kinds == {int} else "strs" if kinds == {str} else "list"
    if isinstance(value, tuple):
        return "pair" if len(value) == 2 and all(type(item) is int for item in value) else "tuple"
    if isinstance(value, dict):
        return "table" if all(type(k) is str and type(v) is int for k, v in value.items()) else "dict"
    return {int: "int", str: "str"}.get(type(value), "other")
