"""From a cleaned document to the lines that become a seed, or the reason why none of them does."""

import re
from collections import Counter
from dataclasses import dataclass
from random import Random

from steppingstone.seeds.anatomy import Anatomy, anatomy
from steppingstone.seeds.cleaning import trimmed
from steppingstone.seeds.reasons import PassedOver

# Windows to try before a document is passed over.
TRIES = 8
# What a good window has: statements in functions; in them loops, arithmetic or orderings; and these plus decisions.
MIN_STEPS, MIN_WORK, MIN_TURNS = 5, 2, 4
LONGEST_DOCUMENT = 512 * 1024  # characters; parsing takes some hundred bytes for each
LONGEST_LINE = 200  # characters
HEAD_LINES = 15

GENERATED = re.compile(
    r"(?i)auto-?generated|automatically generated|code generated|@generated|do not (edit|modify)"
    r"|generated (by|from|with|using) (the )?\S*(tool|compiler|generator|script|protoc|swagger|openapi)"
)
LICENSE = re.compile(r"(?i)licen[sc]e|copyright|redistribut|permission is hereby|warrant")
SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{10}|\bsk-[A-Za-z0-9_-]{20}|AIza[\w-]{35}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s/:@'\"{}%]+:[^\s/:@'\"{}%]+@"
    r"|(?i:api_?key|secret|token)\s*=\s*['\"][A-Za-z0-9+/]{24,}['\"]"
)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many lines a window has, both ends included."""

    least: int = 25
    most: int = 50


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive lines of a document: the text, and its first and last line, counted from 1."""

    text: str
    first: int
    last: int


def window_of(code: str, random: Random, lengths: Lengths) -> Window | PassedOver:
    """Consecutive lines with some logic, drawn at random; they start where a statement does."""
    lines = code.rstrip().split("\n")
    if (reason := _unfit(code, lines, lengths.least)) is not None:
        return reason
    if (facts := anatomy(code)) is None:
        return PassedOver.DOES_NOT_PARSE
    starts = [i for i in range(len(lines) - lengths.least + 1) if lines[i].strip() and i not in facts.continued]
    tried = Counter[PassedOver]()
    for start in random.sample(starts, min(TRIES, len(starts))):
        ends = [i for i in range(start + lengths.least, min(start + lengths.most, len(lines)) + 1) if lines[i - 1].strip()]
        end = random.choice(ends) if ends else start
        reason = _dull(lines, start, end, facts)
        if reason is None:
            return Window("\n".join(lines[start:end]), start + 1, end)
        tried[reason] += 1
    return tried.most_common(1)[0][0] if tried else PassedOver.TOO_SHORT


def whole_or_window(code: str, random: Random, lengths: Lengths) -> Window | PassedOver:
    """A solution as a whole if it is no longer than a window may be, else a window of it."""
    lines = code.split("\n")
    if len(lines) > lengths.most:
        return window_of(code, random, lengths)
    if not code.strip():
        return PassedOver.EMPTY
    if SECRET.search(code):
        return PassedOver.SECRET
    return PassedOver.DOES_NOT_PARSE if anatomy(code) is None else Window(code, 1, len(lines))


def _unfit(code: str, lines: list[str], min_lines: int) -> PassedOver | None:
    """Why a document gives no window at all, as far as this can be seen without parsing it."""
    if not code.strip():
        return PassedOver.EMPTY
    if trimmed(code).count("\n") + 1 < min_lines:
        return PassedOver.TOO_SHORT
    if len(code) > LONGEST_DOCUMENT:
        return PassedOver.TOO_LARGE
    return PassedOver.GENERATED if GENERATED.search("\n".join(lines[:HEAD_LINES])) else None


def _dull(lines: list[str], start: int, end: int, facts: Anatomy) -> PassedOver | None:
    """Why lines `start` to `end` (from 0, end excluded) inspire nothing; None if they do."""
    text = "\n".join(lines[start:end])
    if max(map(len, lines[start:end]), default=0) > LONGEST_LINE:
        return PassedOver.LONG_LINES
    if SECRET.search(text):
        return PassedOver.SECRET
    steps, work, decisions = (
        sum(start <= line < end for line in places) for places in (facts.steps, facts.work, facts.decisions)
    )
    has_logic = steps >= MIN_STEPS and work >= MIN_WORK and work + decisions >= MIN_TURNS
    return _label(text, [i for i in range(start, end) if lines[i].strip()], lines, facts, has_logic)


def _label(text: str, full: list[int], lines: list[str], facts: Anatomy, has_logic: bool) -> PassedOver | None:
    """What most of a window's lines that are not blank are, if that is not logic."""
    remarks = sum(i in facts.docstrings or lines[i].lstrip().startswith("#") for i in full)
    if 2 * sum(i in facts.data for i in full) >= len(full):
        return PassedOver.DATA_BLOB
    if 2 * remarks >= len(full):
        return PassedOver.LICENSE_HEADER if len(LICENSE.findall(text)) > 1 else PassedOver.COMMENTS_ONLY
    if 2 * sum(i in facts.imports for i in full) >= len(full):
        return PassedOver.IMPORTS_ONLY
    return None if has_logic else PassedOver.LITTLE_LOGIC
