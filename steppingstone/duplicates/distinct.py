"""Which problems are the same: exactly, nearly, or by what they do. The first of those that are the same stays."""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from steppingstone.duplicates.near import NearIndex, sketch
from steppingstone.duplicates.tokens import features_of_program, features_of_prose
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
        """Of all that it is told apart by. Induction's inputs are samples that any function of their kind could have."""
        import numpy as np

        inputs = () if self.environment == "induction" else self.inputs
        program = features_of_program("\n".join((self.code, *inputs)))
        return sketch(np.concatenate([program, features_of_prose(self.statement)]) if self.statement else program)

    @property
    def question(self) -> tuple[str, ...]:
        """What is asked of the functions: of two problems with the same behaviour and question one is enough.

        Induction asks for the function, and fuzzing for any input with which the test fails: their inputs are no part of it.
        """
        asked = () if self.environment in ("induction", "fuzzing") else self.inputs
        return (self.behaviour, *asked)


Agree = Callable[[Traits, Traits], bool]
"""Whether two problems with the same behaviour answer alike on the inputs of both as well."""


@dataclass(frozen=True, slots=True)
class Match(Generic[Name]):
    """The problem that another one is the same as, and in which way; `similarity` is 1 unless they are near duplicates."""

    name: Name
    reason: Reason
    similarity: float = 1.0


class Distinct(Generic[Name]):
    """Problems of one environment, by names. In another one the same program is another problem.

    Holds some 2 kB a problem: its names, its place in the index, and, compressed, code and inputs of what has a behaviour.
    """

    def __init__(self, settings: DuplicateSettings, agree: Agree, before: "Distinct[Name] | None" = None) -> None:
        """`before` are problems that come before these, and are compared with too."""
        self._settings = settings
        self._agree = agree
        self._before = before
        self._by_content: dict[str, Name] = {}
        self._near = None if settings.near is None else NearIndex(settings.near)
        self._names: list[Name] = []
        self._by_question: dict[tuple[str, ...], list[tuple[Name, bytes]]] = {}

    def take(self, traits: Traits, name: Name) -> Match[Name] | None:
        """Adds a problem, unless it is the same as one that is there: then returns that, and why."""
        match = self.match(traits)
        if match is None:
            self.add(traits, name)
        return match

    def add(self, traits: Traits, name: Name) -> None:
        """Adds a problem, the same as others or not."""
        self._by_content.setdefault(traits.content, name)
        if self._near is not None:
            self._near.add(traits.sketch)
            self._names.append(name)
        if self._settings.behaviour and traits.behaviour:
            self._by_question.setdefault(traits.question, []).append((name, _packed(traits)))

    def match(self, traits: Traits) -> Match[Name] | None:
        """The problem that this one is the same as; None if there is none. Exact comes first, then near, then behaviour."""
        earlier = self._before.match(traits) if self._before else None
        return earlier or self._exact(traits) or self._alike(traits) or self._behaving(traits)

    def _exact(self, traits: Traits) -> Match[Name] | None:
        name = self._by_content.get(traits.content)
        return None if name is None else Match(name, Reason.DUPLICATE)

    def _alike(self, traits: Traits) -> Match[Name] | None:
        found = self._near.nearest(traits.sketch) if self._near else None
        return Match(self._names[found[0]], Reason.NEAR_DUPLICATE, found[1]) if found else None

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
