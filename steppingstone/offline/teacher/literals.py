"""Inputs: values of a kind, and a value made larger, smaller or other while it stays of its sort."""

from random import Random
from typing import Any

WORDS = tuple(
    "amber basil cedar delta ember fjord grove hazel ivory jade koala lemon maple north olive pearl quartz river".split()
)


def kind_of(value: object) -> str:
    """The kind of a literal; empty for what is of no kind of ours."""
    if type(value) is int or type(value) is bool:
        return "number"
    if isinstance(value, list):
        return "words" if value and all(isinstance(item, str) for item in value) else "numbers"
    if isinstance(value, str):
        return "text"
    return "pair" if isinstance(value, tuple) else "table" if isinstance(value, dict) else ""


def new(kind: str, source: Random, size: int, words: tuple[str, ...] = WORDS) -> Any:
    """A random value of a kind; `size` (1 to about 12) is how large."""
    words = words or WORDS
    if kind == "number":
        return source.randint(3 * size, 12 * size * size + 20)
    if kind == "text":
        return source.choice(("_", " ", "-", ",")).join(source.choice(words) for _ in range(1 + size // 3))
    if kind == "numbers":
        return [source.randint(0, 9 + 6 * size) for _ in range(2 + size)]
    if kind == "words":
        return [source.choice(words) for _ in range(2 + size // 2)]
    if kind == "pair":
        return (source.randint(2, 9 * size), source.randint(1, 6 * size))
    return {source.choice(words): source.randint(0, 5 * size) for _ in range(1 + size // 2)}


def larger(value: Any, source: Random, words: tuple[str, ...] = WORDS) -> Any:
    """A value like this one, about a third larger."""
    kind = kind_of(value)
    if kind == "number":
        return value + source.randint(1, abs(value) + 9)
    if kind == "text":
        cut = source.randint(0, len(value))
        return (value[:cut] + source.choice(words or WORDS) + value[cut:])[:60]
    if kind == "numbers":
        top = max([abs(item) for item in value if isinstance(item, int)] or [9])
        return [*value, *(source.randint(0, top + 12) for _ in range(1 + len(value) // 3))][:24]
    if kind == "words":
        return [*value, *(source.choice(words or WORDS) for _ in range(1 + len(value) // 3))][:14]
    if kind == "pair":
        return tuple(larger(item, source) for item in value)
    return {**value, source.choice(words or WORDS): source.randint(0, 60)} if kind == "table" else value


def smaller(value: Any, source: Random) -> Any:
    """A value like this one, about half as large."""
    kind = kind_of(value)
    if kind == "number":
        return value // 2 if abs(value) > 5 else value
    if kind in ("text", "numbers", "words"):
        return value[: max(2, (len(value) + 1) // 2)] if isinstance(value, str | list) else value
    if kind == "pair":
        return tuple(smaller(item, source) for item in value)
    return dict(list(value.items())[: max(1, (len(value) + 1) // 2)]) if kind == "table" else value


def other(value: Any, source: Random, words: tuple[str, ...] = WORDS) -> Any:
    """Another value of the same sort and about the same size."""
    kind = kind_of(value)
    if kind == "number":
        return value + source.choice((-1, 1)) * source.randint(1, max(3, abs(value) // 2))
    if kind == "text":
        return _other_text(value, source, words or WORDS)
    if kind == "numbers":
        items = [other(item, source) if source.random() < 0.6 else item for item in value]
        source.shuffle(items)
        return items
    if kind == "words":
        return [source.choice(words or WORDS) if source.random() < 0.5 else item for item in value]
    if kind == "pair":
        return tuple(other(item, source) for item in value)
    return {key: other(item, source) for key, item in value.items()} if kind == "table" else value


def _other_text(value: str, source: Random, words: tuple[str, ...]) -> str:
    runs = "".join(c if c.isalpha() else " " for c in value).split()
    if not runs:
        return value + source.choice(words)[: source.randint(1, 3)]
    return value.replace(source.choice(runs), source.choice(words), 1)
