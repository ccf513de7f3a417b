"""A student prompt, read: nothing but what any student is shown."""

import ast
import re
from dataclasses import dataclass
from typing import Any

from steppingstone.replies import fenced_blocks
from steppingstone.syntax import parse_expression

_TASK = re.compile(r"^# Task: *(\w+)", re.M)
_HINT = re.compile(r"Hint: *(.*)")


@dataclass(frozen=True, slots=True)
class Task:
    """`given` is the input or output that the prompt shows; `pairs` are the visible inputs and outputs."""

    environment: str
    code: str
    given: Any
    hint: str
    pairs: tuple[tuple[Any, Any], ...]


def read_task(prompt: str) -> Task:
    """The task of a student prompt. What is missing is taken for empty."""
    blocks = {block.label: block.body for block in reversed(fenced_blocks(prompt))}
    name, hint = _TASK.search(prompt), _HINT.search(prompt)
    given = literal(blocks.get("input", blocks.get("output", "None")))
    pairs = [pair for line in prompt.splitlines() if (pair := _pair(line))]
    code = blocks.get("python", "")
    return Task(name[1] if name else _told_by(blocks), code, given, hint[1] if hint else "", tuple(pairs))


def _told_by(blocks: dict[str, str]) -> str:
    return next((kind for label, kind in (("input", "deduction"), ("output", "abduction")) if label in blocks), "fuzzing")


def literal(text: str) -> Any:
    """The value of a literal; the text itself where it is none."""
    try:
        return ast.literal_eval(parse_expression(text.strip()))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text


def _pair(line: str) -> tuple[Any, Any] | None:
    if not line.strip().startswith("f("):
        return None
    try:
        node = parse_expression(line.strip()).body
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call) and len(node.left.args) == 1:
            return ast.literal_eval(node.left.args[0]), ast.literal_eval(node.comparators[0])
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    return None
