"""Values, literals, replies and programs grown from bytes: each byte is one choice, and no bytes are the smallest choice."""

import json
import struct
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_SCRAPS = (
    "",
    "a",
    "\n",
    "'",
    '"',
    "\\",
    "{",
    "}",
    "é",
    "\U0001f600",
    "\ud83d",
    "\ude00",
    "\0",
    "\x0c",
    "\u2028",
    "\r",
    "`",
    "#",
)
_NUMBERS = (0, 1, -1, 2, 255, 2**53, 2**53 + 1, -(2**53) - 1, 2**61 - 1, -(2**61), 2**64, 10**30)
_FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"), 2.0**53)


class Choices:
    """A row of choices."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        """From 0 to 255; 0 once the bytes are used up."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.number() % len(options)]

    def many(self, grow: Callable[[], T], most: int = 4) -> list[T]:
        """Up to so many."""
        return [grow() for _ in range(self.number() % (most + 1))]

    def double(self) -> float:
        """Any float at all."""
        return float(struct.unpack("<d", bytes(self.number() for _ in range(8)))[0])


def text(choices: Choices) -> str:
    """A short text of awkward characters."""
    return "".join(choices.many(lambda: choices.one(_SCRAPS), 6))


def value(choices: Choices, depth: int = 4) -> object:
    """A value of literal types, frozensets and non-finite floats among them."""
    kind = choices.number() % (12 if depth else 7)
    if kind < 7:
        return _scalar(choices, kind)
    if kind == 10:
        return {hashable(choices, depth - 1): value(choices, depth - 1) for _ in range(choices.number() % 5)}
    if kind == 11:
        return set(choices.many(lambda: hashable(choices, depth - 1)))
    items = choices.many(lambda: value(choices, depth - 1), 5)
    return items if kind < 9 else tuple(items)


def hashable(choices: Choices, depth: int) -> object:
    """A value that may be a key."""
    kind = choices.number() % (9 if depth > 0 else 7)
    if kind < 7:
        return _scalar(choices, kind)
    items = choices.many(lambda: hashable(choices, depth - 1), 3)
    return tuple(items) if kind == 7 else frozenset(items)


def _scalar(choices: Choices, kind: int) -> object:
    if kind == 0:
        return choices.one((None, True, False))
    if kind == 1:
        return choices.one(_NUMBERS)
    if kind == 2:
        return choices.number() << choices.number()
    if kind == 3:
        return choices.one(_FLOATS)
    if kind == 4:
        return choices.double()
    if kind == 5:
        return text(choices)
    return choices.one((complex(choices.one(_FLOATS), choices.one(_FLOATS)), text(choices).encode("utf-8", "surrogatepass")))


def tagged(choices: Choices, depth: int = 4) -> bytes:
    """JSON with the tags of `values`, whose bodies are often not what their tag asks for."""
    return json.dumps(_tree(choices, depth)).encode()


def _tree(choices: Choices, depth: int) -> object:
    kind = choices.number() % (8 if depth else 3)
    if kind < 3:
        return choices.one(_LEAVES)
    if kind == 3:
        return choices.many(lambda: _tree(choices, depth - 1))
    if kind == 4:
        return {choices.one("stzd"): choices.many(lambda: _tree(choices, depth - 1))}
    if kind == 5:
        return {"d": choices.many(lambda: [_tree(choices, depth - 1) for _ in range(2)])}
    if kind == 6:
        return {choices.one("ifbu"): choices.one(_LEAVES)}
    return {choices.one(("c", "x", "", "t")): choices.one(([], ["0x0.0p+0", "nan"], _tree(choices, depth - 1)))}


_LEAVES = (
    0, 1, -1, 2**53, 2**53 + 1, 10**25, 1.5, True, False, None, "", "a", "AA==", "QUI=", "QR==", "7aC97biA", "0x1",
    "0x20000000000001", "-0x20000000000001", "0x1.8p+0", "-0x0.0p+0", "nan", "-nan", "inf", "-inf", "1.5", "\ud800",
    "\ud83d\ude00", "é", [], {},
)  # fmt: skip


def message(choices: Choices) -> bytes:
    """A message between a solution and its tests, forged: a root and the states of its nodes."""
    states = choices.many(lambda: _state(choices), 5)
    return json.dumps([_tree(choices, 3), states]).encode()


def _state(choices: Choices) -> list[object]:
    tag = choices.one(("l", "d", "s", "q", "b", "o", "x", "", "ds"))
    content = choices.many(
        lambda: choices.one(
            (_tree(choices, 2), {"r": choices.number() % 6}, {"k": _plain(choices)}, {"y": choices.one(_CLASSES)})
        ),
        4,
    )
    if tag == "d":
        return [tag, [[item, item] for item in content]]
    if tag == "o":
        return [tag, choices.one(("Point", "Fixed", "Other")), [[choices.one(_ATTRIBUTES), item] for item in content]]
    return [tag, "00ff" if tag == "b" else content]


def _plain(choices: Choices) -> list[object]:
    tag = choices.one(("datetime", "date", "time", "timedelta", "decimal", "fraction", "range", "slice"))
    return [tag, *choices.many(lambda: choices.one((0, 1, 3, 70, 2**70, "1.5", "1/0", "sNaN", None)), 7)]


_CLASSES = ("int", "NoneType", "type", "object", "Point", "", 1, None)
_ATTRIBUTES = ("x", "y", "__class__", "__dict__", "norm", "", "é", 1, None)


def imports(choices: Choices) -> str:
    """A program of imports, spelled in many ways, some of them within strings and comments."""
    return "\n".join(choices.many(lambda: _import(choices), 5))


def _import(choices: Choices) -> str:
    form = choices.one(_IMPORTS)
    return form.format(*(choices.one(_MODULES) for _ in range(3)))


_IMPORTS = (
    "import {}", "import {}, {} as x, {}", "import\t{} as y;import {}", "from {} import *", "from\t{} import (a,\n b)",
    "if 1: import {}", "def f():\n  import {}\n  from {} import c", "# import {}", "'import {}'", "x = __import__('{}')",
    "try: import {}\nexcept ImportError: pass", "import {}.{}", "from . import {}", "reimport = {}", "import", "from import {}",
    "from {} import {}", "import \\\n{}", "from \\\n{}\\\n import\\\r\n {}", "from {} import(#{}(\n{} as x,)",
    "import {} as \\\n y,{}", "import {} . {}", "# from {} \\\nimport {}", "# from {} import (#\nimport {}",
    "from {} import {} as x, {}", "import\f{}",
)  # fmt: skip
_MODULES = (
    "math",
    "os",
    "os.path",
    "sqlite3",
    "xml.dom",
    "numpy",
    "numpy.linalg",
    "unittest.mock",
    "nothing",
    "json",
    "é",
    "tomllib",
    "unittest",
    "mock",
    "urllib",
    "request",
    "ｓｑｌｉｔｅ３",
    "_compat﹍pickle",
)


def literal(choices: Choices, depth: int = 3) -> str:
    """Source text that is nearly a literal."""
    kind = choices.number() % (14 if depth else 8)
    if kind < 8:
        return choices.one(_WORDS)
    if kind == 8:
        return f"{literal(choices, depth - 1)}{choices.one(('+', '-', ' + ', '*', ' '))}{literal(choices, depth - 1)}"
    opening, closing = choices.one(("[]", "()", "{}", "[)", "{ ", "( ", "[]"))
    joined = choices.one((", ", ",", ": ", " ", "\n", ",,"))
    return opening + joined.join(choices.many(lambda: literal(choices, depth - 1))) + choices.one(("", ",", " ")) + closing


_WORDS = (
    "0", "1", "-1", "+2", "1_000", "0x1F", "0b11", "0o17", "007", "1.5", "1e309", "-0.0", "1j", "-2.5j", "9" * 30, "None",
    "True", "False", "true", "nan", "inf", "x", "set()", "frozenset()", "dict()", "''", "'a'", '"b"', "b'\\xff'",
    "'\\ud83d\\ude00'", "'\\N{BULLET}'", "u'c'", "f'{1}'", "'''d\ne'''", "...", "-", "#", "\\", "\t", "\x0c", "\0", "é",
    "\ud800", "b'é'", "r'\\d'",
)  # fmt: skip


def reply(choices: Choices) -> str:
    """Markdown with blocks, half-open ones, and the labels of the four environments."""
    return "".join(choices.many(lambda: choices.one(_MARKDOWN), 40))


_MARKDOWN = (
    "\n", "```", "````", "~~~", "python", "input", "inputs", "hint", "answer", "passing_input", "failing_input", " ", "   ",
    "\t", "\r\n", "\r", "def f(x): return x", "[1, 2]", "a hint", "</think>", "<think>", "\x0c", "\u2028", "```python\n",
    "\n```\n", "\n```", "```input\n1\n```\n", "```python\nf = 1\n```\n", "\ud800", "\0", "`",
)  # fmt: skip


def program(choices: Choices, depth: int = 3) -> str:
    """Statements that Python mostly reads."""
    return "\n".join(_statement(choices, depth) for _ in range(1 + choices.number() % 4))


def _block(choices: Choices, depth: int) -> str:
    return "\n".join("    " + line for line in program(choices, depth - 1).split("\n"))


def _statement(choices: Choices, depth: int) -> str:
    name = choices.one(_NAMES)
    if depth <= 0 or (kind := choices.number() % 16) < 6:
        return choices.one(_SIMPLE).format(n=name, e=_expression(choices, 2), m=choices.one(_NAMES))
    head = _COMPOUND[kind - 6].format(n=name, m=choices.one(_NAMES), e=_expression(choices, 2))
    return "\n".join(part if part else _block(choices, depth) for part in head.split("|"))


def _expression(choices: Choices, depth: int) -> str:
    kind = choices.number() % (len(_EXPRESSIONS) + 4)
    if depth <= 0 or kind < 4:
        return choices.one((*_NAMES, *_ATOMS))
    form = _EXPRESSIONS[kind - 4]
    return form.format(n=choices.one(_NAMES), e=_expression(choices, depth - 1), o=_expression(choices, depth - 1))


_NAMES = ("f", "x", "y", "test", "is_valid", "v0", "v1", "a", "key", "C", "é")
_ATOMS = (
    "1", "-1", "1.5", "1e309", "2j", "'s'", '"it\'s"', "'''\n'''", "b'\\0'", "u'x'", "'a' 'b'", "f'{x}'", "f'{x!r:>{y}}'",
    "f\"{x['a']}\"", "f'{{}}'", "'\\\\'", "None", "...", "[]", "()", "{}", "0xff", "'x'", "'\\u2028'", "'\\r'", '"""d"""',
)  # fmt: skip
_SIMPLE = (
    "{n} = {e}", "return {e}", "{e}", "'a note'", "pass", "{n} += {e}", "import math as {n}", "from math import *", "import os",
    "global {n}", "del {n}", "assert {e}, {e}", "raise {e}", "{n}: int = {e}", "*{n}, {m} = {e}", "{n}.{m} = {e}", "f'{{{n}}}'",
    "'doc' 'ument'", "{n}[{e}] = {e}", "yield {e}", "b'bytes'", "# comment", "from . import {n}", "nonlocal {n}", "break",
)  # fmt: skip
_COMPOUND = (
    "def {n}({m}, *a, key=1):||", "def {n}({m}):||", "class {n}:||", "if {e}:||else:||", "for {n} in {e}:||", "while {e}:||",
    "try:||except ValueError as {n}:||finally:||", "with {e} as {n}:||", "match {e}:|    case [{n}, *{m}]:|        pass|",
    "@{n}|async def {m}({n}, /):||",
)  # fmt: skip
_EXPRESSIONS = (
    "({e})", "{e} + {o}", "-{e}", "{e} ** {o}", "not {e}", "{e} if {o} else {n}", "[{n} for {n} in {e}]", "{{{e}: {o}}}",
    "{n}({e}, key={o})", "{n}.a", "{e}[{o}:]", "lambda {n}: {e}", "({n} := {e})", "({e}, {o})", "{e} < {o}", "*{e},", "{{{e}}}",
    "{e} and {o}", "(yield {e})", "await {n}", "{e}.{n}", "f'{{{n}}}'", "{n}(**{e})", "{{**{e}}}",
    "({e} for {n} in {o} if {n})",
)  # fmt: skip
