"""Problems of which no two are the same: exactly, nearly, or by what they do. The first of those that are the same stays."""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from steppingstone.duplicates.near import NearIndex, sketch
from steppingstone.duplicates.tokens import features_of_program
from steppingstone.records import Reason
from steppingstone.settings import DuplicateSettings

if TYPE_CHECKING:
    from steppingstone.duplicates.near import Sketch

Name = TypeVar("Name")


@dataclass(frozen=True)
class Traits:
    """What a problem is compared by. Without slots, so that the sketch is made once, and only if it is asked for.

    `content` is the hash of the program but for names and layout, and of the inputs; `behaviour` the digest of what the
    functions do, or empty. `statement` is empty unless the student is told more than the code and the inputs say.
    """

    environment: str
    content: str
    code: str
    inputs: Sequence[str]
    behaviour: str = ""
    statement: str = ""

    @cached_property
    def sketch(self) -> "Sketch":
        """Of the code and the inputs. Induction's inputs are samples that any function of their kind could have."""
        inputs = () if self.environment == "induction" else self.inputs
        return sketch(features_of_program("\n".join((self.statement, self.code, *inputs))))

    @property
    def question(self) -> tuple[str, ...]:
        """What is asked of the functions: of two problems with the same behaviour and question one is enough.

        Induction asks for the function, and fuzzing for any input with which the test fails: their inputs are no part of it.
        """
        asked = () if self.environment in ("induction", "fuzzing") else self.inputs
        return (self.environment, self.behaviour, *asked)


Agree = Callable[[Traits, Traits], bool]
"""Whether two problems with the same behaviour answer alike on the inputs of both as well."""


@dataclass(frozen=True, slots=True)
class Match(Generic[Name]):
    """The problem that another one is the same as, and in which way; `similarity` is 1 unless they are near duplicates."""

    name: Name
    reason: Reason
    similarity: float = 1.0


class Distinct(Generic[Name]):
    """Problems by names, no two of them the same. Those of one environment are compared with each other alone.

    Holds some 1.5 kB a problem: its place in the index, and, compressed, code and inputs of what has a behaviour.
    """

    def __init__(self, settings: DuplicateSettings, agree: Agree, before: "Distinct[Name] | None" = None) -> None:
        """`before` are problems that come before these, and are compared with too."""
        self._settings = settings
        self._agree = agree
        self._before = before
        self._by_content: dict[tuple[str, str], Name] = {}
        self._near: dict[str, tuple[NearIndex, list[Name]]] = {}
        self._by_question: dict[tuple[str, ...], list[tuple[Name, bytes]]] = {}

    def take(self, traits: Traits, name: Name) -> Match[Name] | None:
        """Adds a problem, unless it is the same as one that is there: then returns that, and why."""
        if match := self.match(traits):
            return match
        self._by_content[traits.environment, traits.content] = name
        if self._settings.near is not None:
            index, names = self._near.setdefault(traits.environment, (NearIndex(self._settings.near), []))
            index.add(traits.sketch)
            names.append(name)
        if self._settings.behaviour and traits.behaviour:
            self._by_question.setdefault(traits.question, []).append((name, _packed(traits)))
        return None

    def match(self, traits: Traits) -> Match[Name] | None:
        """The problem that this one is the same as; None if there is none. Exact comes first, then near, then behaviour."""
        earlier = self._before.match(traits) if self._before else None
        return earlier or self._exact(traits) or self._alike(traits) or self._behaving(traits)

    def _exact(self, traits: Traits) -> Match[Name] | None:
        name = self._by_content.get((traits.environment, traits.content))
        return None if name is None else Match(name, Reason.DUPLICATE)

    def _alike(self, traits: Traits) -> Match[Name] | None:
        index, names = self._near.get(traits.environment, (None, []))
        found = index.nearest(traits.sketch) if index else None
        return Match(names[found[0]], Reason.NEAR_DUPLICATE, found[1]) if found else None

    def _behaving(self, traits: Traits) -> Match[Name] | None:
        if not traits.behaviour:
            return None
        same = (name for name, packed in self._by_question.get(traits.question, ()) if self._agree(traits, _unpacked(packed)))
        return next((Match(name, Reason.SAME_BEHAVIOUR) for name in same), None)


def _packed(traits: Traits) -> bytes:
    return zlib.compress(json.dumps((traits.environment, traits.content, traits.code, *traits.inputs)).encode())


def _unpacked(packed: bytes) -> Traits:
    environment, content, code, *inputs = json.loads(zlib.decompress(packed))
    return Traits(environment, content, code, inputs)
