"""What one document comes to: a seed, or the reason why it gives none."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from steppingstone.duplicates.near import sketch
from steppingstone.duplicates.tokens import features_of_document
from steppingstone.records import Seed, content_id
from steppingstone.replies import last_block
from steppingstone.seeds.candidates import digest, problem_name
from steppingstone.seeds.cleaning import cleaned, printable, trimmed, unified
from steppingstone.seeds.reasons import PassedOver
from steppingstone.seeds.shelves import Row
from steppingstone.seeds.sources import CorpusSource, ReferenceSource, RolloutSource, Source
from steppingstone.seeds.windows import Lengths, Window, whole_or_window, window_of

if TYPE_CHECKING:
    from steppingstone.duplicates.near import Sketch


@dataclass(frozen=True, slots=True)
class Found:
    """A seed, and what no two seeds share: digests of its document's text, and of its problem if it has one.

    `sketches` are of the document and the snippet, of which no two seeds have any that are alike.
    """

    seed: Seed
    body: str
    sketches: tuple["Sketch", ...]
    problem: str = ""


Outcome = Found | PassedOver


def outcome(source: Source, number: int, row: Row, random: Random, lengths: Lengths) -> Outcome:
    """What one document comes to. `number` names it where it has no name of its own."""
    if isinstance(row, PassedOver):
        return row
    match source:
        case CorpusSource():
            return _corpus_seed(source, number, row, random, lengths)
        case RolloutSource():
            name = problem_name(row.get(source.problem_column), number)
            code = _last_block(_text(row, source.completion_column))
            return code if isinstance(code, PassedOver) else _solution_seed("rollout", name, code, "", random, lengths)
        case ReferenceSource():
            name = problem_name(row.get(source.problem_column), number)
            named = printable(row.get(source.license_column or "") or "")
            code = _text(row, source.solution_column)
            return code if isinstance(code, PassedOver) else _solution_seed("reference", name, code, named, random, lengths)


def _text(row: Mapping[str, object], column: str) -> str | PassedOver:
    value = row.get(column)
    return value if isinstance(value, str) else PassedOver.EMPTY if value is None else PassedOver.NOT_TEXT


def _last_block(completion: str | PassedOver) -> str | PassedOver:
    if isinstance(completion, PassedOver):
        return completion
    block = last_block(unified(completion))
    return PassedOver.NO_CODE_BLOCK if block is None else block


def _corpus_seed(source: CorpusSource, number: int, row: Mapping[str, object], random: Random, lengths: Lengths) -> Outcome:
    text = _text(row, source.text_column)
    if isinstance(text, PassedOver):
        return text
    code = cleaned(text)
    window = window_of(code, random, lengths)
    if isinstance(window, PassedOver):
        return window
    path = row.get(source.path_column) or row.get(source.id_column) or f"row {number}"
    origin = f"{printable(row.get(source.repo_column) or 'unknown')}:{printable(path)}#L{window.first}-L{window.last}"
    return Found(_seed("corpus", window, origin, source.license), digest(trimmed(code)), _sketches(code, window))


def _solution_seed(kind: str, name: str, code: str, license_name: str, random: Random, lengths: Lengths) -> Outcome:
    code = trimmed(unified(code))
    window = whole_or_window(code, random, lengths)
    if isinstance(window, PassedOver):
        return window
    origin = name if window.text == code else f"{name}#L{window.first}-L{window.last}"
    return Found(_seed(kind, window, origin, license_name), digest(code), _sketches(code, window), digest(name))


def _sketches(code: str, window: Window) -> tuple["Sketch", ...]:
    return tuple(sketch(features_of_document(text)) for text in dict.fromkeys((code, window.text)))


def _seed(kind: str, window: Window, origin: str, license_name: str) -> Seed:
    return Seed(content_id(kind, window.text), kind, window.text, origin, license_name)
