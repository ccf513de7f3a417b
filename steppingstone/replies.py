"""What a model's reply holds: the fenced blocks of its markdown, and nothing that is guessed."""

import re
from dataclasses import dataclass

# Possessive throughout: a long line that is no opening is given up after one reading.
_OPENING = re.compile(r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)[ \t]*+(?P<label>[^\s`]*+)[^`\n]*+$")
# Markdown's ends of line alone: `str.splitlines` would also cut a program at a form feed or at U+2028 in its strings.
_END_OF_LINE = re.compile(r"\r\n?|\n")

_THOUGHT = re.compile(r"\A(?:\s*<think>.*?</think>|.*?^[ \t]*</think>)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One closed fenced block: the first word after the fence in lower case, and the lines between."""

    label: str
    body: str


def fenced_blocks(text: str) -> list[Block]:
    """The closed fenced blocks of markdown, in order; what was thought aloud before a line `</think>` is not read.

    A block that is never closed was cut off, and does not count.
    """
    blocks: list[Block] = []
    fence, label, body = "", "", list[str]()
    for line in _END_OF_LINE.split(_THOUGHT.sub("", text, count=1)):
        if fence:
            if _closes(line, fence):
                blocks.append(Block(label, "\n".join(body)))
                fence, body = "", []
            else:
                body.append(line)
        elif opening := _OPENING.match(line):
            fence, label = opening["fence"], opening["label"].lower()
    return blocks


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return stripped.startswith(fence) and set(stripped) == {fence[0]}


def last_block(text: str, *labels: str) -> str | None:
    """The body of the last block with one of these labels, or, with no labels, of the last block; None without one."""
    bodies = [block.body for block in fenced_blocks(text) if not labels or block.label in labels]
    return bodies[-1] if bodies else None


def answer_of(text: str) -> str | None:
    """The student's literal: the last `answer` block, else the last block of any label; None without one."""
    answer = last_block(text, "answer")
    return (answer if answer is not None else last_block(text) or "").strip() or None
