"""Candidate inputs: of the kinds that a program seems to take, from the constants it holds, and changed step by step."""

import ast
from random import Random
from typing import Any

from steppingstone.syntax import parse

SHAPES = ("int", "str", "ints", "strs", "pair", "mixed", "table", "rows")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Guesser:
    """Makes candidate inputs out of the numbers, letters and words that code and shown values hold."""

    def __init__(self, code: str, shown: Any = None) -> None:
        numbers, texts = {0, 1, 2, 10}, set[str]()
        for value in (*_constants(code), *_leaves(shown)):
            if type(value) is int and abs(value) < 1_000_000:
                numbers |= {value, value - 1, value + 1}
            elif isinstance(value, str):
                texts.add(value)
        self.numbers = sorted(numbers)
        self.top = max(20, *(abs(n) for n in numbers)) if numbers else 20
        self.words = sorted(text for text in texts if text) or ["a"]
        self.letters = "".join(sorted(set("".join(self.words)))) or _LETTERS

    def number(self, source: Random) -> int:
        """A small number, one of the constants, or any up to the largest constant."""
        draw = source.random()
        if draw < 0.35:
            return source.randint(0, 20)
        return source.choice(self.numbers) if draw < 0.6 else source.randint(0, self.top)

    def text(self, source: Random) -> str:
        """A word that the code holds, or letters."""
        if source.random() < 0.2:
            return source.choice(self.words)[:30]
        letters = self.letters if source.random() < 0.6 else _LETTERS
        return "".join(source.choice(letters) for _ in range(source.randint(1, 9)))

    def new(self, shape: str, source: Random) -> Any:
        """A random value of a shape."""
        if shape == "int":
            return self.number(source)
        if shape == "str":
            return self.text(source)
        if shape == "pair":
            return (self.number(source), self.number(source))
        if shape == "mixed":
            return (self.text(source), self.number(source))
        count = source.randint(1, 7)
        if shape == "ints":
            return [self.number(source) for _ in range(count)]
        if shape == "rows":
            return [[self.number(source) for _ in range(3)] for _ in range(count // 2 + 1)]
        words = [self.text(source) for _ in range(count)]
        return words if shape == "strs" else {word: self.number(source) for word in words}

    def changed(self, value: Any, source: Random) -> Any:
        """A value that differs from this one in one place."""
        kind = type(value)
        if kind is int:
            return self._number_changed(value, source)
        if kind is str:
            return "".join(self._items_changed(list(value), source, lambda: source.choice(self.letters + _LETTERS)))
        if kind is list:
            return self._items_changed(list(value), source, lambda: self._like(value, source))
        if kind is tuple and value:
            at = source.randrange(len(value))
            return (*value[:at], self.changed(value[at], source), *value[at + 1 :])
        if kind is dict:
            return self._table_changed(value, source)
        return value

    def _number_changed(self, value: int, source: Random) -> int:
        draw = source.random()
        if draw < 0.5:
            return value + source.choice((-1, 1)) * source.choice((1, 1, 2, 3, 5, 10, 26, 50))
        return value // 2 if draw < 0.6 else value * 2 if draw < 0.65 else self.number(source)

    def _like(self, items: list[Any], source: Random) -> Any:
        if not items:
            return self.number(source)
        item = source.choice(items)
        return self.changed(item, source) if source.random() < 0.5 else self.new(shape_of(item), source)

    def _items_changed(self, items: list[Any], source: Random, fresh: Any) -> list[Any]:
        draw = source.random()
        at = source.randrange(len(items) + 1)
        if draw < 0.2 or not items:
            items.insert(at, fresh())
            return items
        at = min(at, len(items) - 1)
        if draw < 0.35:
            del items[at]
        elif draw < 0.5:
            other = source.randrange(len(items))
            items[at], items[other] = items[other], items[at]
        elif draw < 0.75 or isinstance(items[at], str):
            items[at] = fresh()
        else:
            items[at] = self.changed(items[at], source)
        return items

    def _table_changed(self, value: dict[Any, Any], source: Random) -> dict[Any, Any]:
        made, draw = dict(value), source.random()
        if draw < 0.3 or not made:
            made[self.text(source)] = self.number(source)
            return made
        key = source.choice(list(made))
        item = made.pop(key) if draw < 0.6 else made[key]
        if draw < 0.45:
            return made
        made[self.changed(key, source) if draw < 0.6 else key] = item if draw < 0.6 else self.changed(item, source)
        return made


def shape_of(value: Any) -> str:
    """The shape of a value; `ints` for what is of no shape of ours."""
    if isinstance(value, list):
        first = value[0] if value else 0
        return "strs" if isinstance(first, str) else "rows" if isinstance(first, list) else "ints"
    if isinstance(value, tuple):
        return "mixed" if value and isinstance(value[0], str) else "pair"
    if isinstance(value, dict):
        return "table"
    return "str" if isinstance(value, str) else "int" if isinstance(value, int) else "ints"


def _constants(code: str) -> list[Any]:
    try:
        return [node.value for node in ast.walk(parse(code)) if isinstance(node, ast.Constant)]
    except (SyntaxError, ValueError, RecursionError):
        return []


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for pair in value.items() for leaf in _leaves(list(pair))]
    return [leaf for item in value for leaf in _leaves(item)] if isinstance(value, list | tuple | set) else [value]
