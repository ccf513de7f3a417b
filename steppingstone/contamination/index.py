"""An index of evaluation problems, which tells whether a text holds one: by shared sequences of words, or by the same code."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from steppingstone.contamination.functions import NAMED, Function, Shape, functions
from steppingstone.contamination.layouts import EvaluationProblem
from steppingstone.records import Hit

WORD = re.compile(r"[^\W_]+")
DISTINCT = 5
"""A sequence tells nothing if fewer of its words differ; numbers, and names that were made alike, are not counted."""
COMMON = 5
"""What stands in more evaluation problems than these tells nothing either."""
SHARE, QUOTED = 0.5, 40
"""A problem is found by this share of the sequences that tell it, or by so many of them."""
LEAST_CODE = 20
"""Words and operators of the smallest function that is told by its code."""
MOST_SEQUENCES = 1_000_000
"""Held in memory, which takes some 170 MB at most. Of more than these every second, fourth, … is taken, the same ones of every
text: long texts are found as before, and short ones less surely."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to look at a text: as all its sequences of so many words. Fewer than `least` of them in common are chance."""

    words: int
    least: int
    what: str


PROSE = Way(8, 1, "sequences of 8 words")
PROMPT = Way(12, 4, "sequences of 12 words and operators of its prompt's function, names aside")
SOLUTION = Way(12, 14, "sequences of 12 words and operators of its solution's function, names aside")


class EvaluationIndex:
    """Evaluation problems by what tells them. With none of them, nothing is ever found.

    The words of a text are compared as they are, but for case, punctuation, blanks and the signs of comments; those of
    functions also with all names alike, and whole functions by their canonical form.
    """

    def __init__(self, problems: Iterable[EvaluationProblem] = ()) -> None:
        self._texts = list[tuple[str, Way]]()
        self._known = set[int]()
        self._every = 1
        self._owners = dict[int, tuple[int, ...]]()
        self._forms = dict[str, tuple[str, ...]]()
        self._shapes = set[Shape]()
        for problem in problems:
            self._add(problem)
        self._owners = {one: texts for one, texts in self._owners.items() if not self._is_common(texts)}
        self._forms = {form: names for form, names in self._forms.items() if len(names) <= COMMON}
        self._totals = Counter(text for owners in self._owners.values() for text in owners)

    def hit(self, *texts: str) -> Hit | None:
        """The evaluation problem that these texts hold between them, if there is one: a seed's, or all that a problem has."""
        if not self._texts:
            return None
        distinct = [text for place, text in enumerate(texts) if not any(text in before for before in texts[:place])]
        parts = [part for text in distinct for part in functions(text)]
        return self._same_code(parts) or self._same_words(distinct, parts)

    def _same_code(self, parts: Iterable[Function]) -> Hit | None:
        for part in parts:
            if part.shape() in self._shapes and (names := self._forms.get(part.form() or "")):
                return Hit(names[0], f"the function {part.name} is the same code, names and layout aside")
        return None

    def _same_words(self, texts: Iterable[str], parts: Iterable[Function]) -> Hit | None:
        met = {one for text in texts for one in _sequences(_prose(text), PROSE.words)}
        met.update(one for part in parts for words in part.words() for one in _sequences(words, PROMPT.words))
        counts = Counter(text for one in met if one in self._owners for text in self._owners[one])
        shares = {text: count / self._totals[text] for text, count in counts.items() if self._is_enough(text, count)}
        if not shares:
            return None
        best = max(shares, key=lambda text: (shares[text], counts[text]))
        name, way = self._texts[best]
        return Hit(name, f"{counts[best]} of the {self._totals[best]} {way.what}")

    def _is_enough(self, text: int, count: int) -> bool:
        return count >= self._texts[text][1].least and count >= min(SHARE * self._totals[text], QUOTED)

    def _add(self, problem: EvaluationProblem) -> None:
        self._add_text(problem.name, PROSE, _prose(problem.text))
        for function in functions(problem.text)[:-1]:
            for words in function.words():
                self._add_text(problem.name, PROMPT, words)
        for function in functions(problem.code)[:-1]:
            # What `__init__` and its like do is done alike by all.
            if not function.name.startswith("__"):
                self._add_solution(problem.name, function)

    def _add_solution(self, name: str, function: Function) -> None:
        written = function.words(remarks=False)
        for words in written:
            self._add_text(name, SOLUTION, words)
        if len(written[0]) >= LEAST_CODE and (form := function.form()) is not None:
            self._forms[form] = tuple(dict.fromkeys((*self._forms.get(form, ()), name)))
            self._shapes.add(function.shape())

    def _add_text(self, name: str, way: Way, words: Sequence[str]) -> None:
        """Takes in a text, unless another problem, or another file's copy of this one, has it too."""
        sequences = list(_sequences(words, way.words))
        if (whole := hash((way, *sequences))) in self._known:
            return
        self._known.add(whole)
        this = (len(self._texts),)
        self._texts.append((name, way))
        telling = {one for place, one in enumerate(sequences) if _tells(words[place : place + way.words])}
        for one in telling:
            if one % self._every == 0 and not self._is_common(owners := self._owners.get(one, ())):
                self._owners[one] = owners + this
        while len(self._owners) > MOST_SEQUENCES:
            self._every *= 2
            self._owners = {one: texts for one, texts in self._owners.items() if one % self._every == 0}

    def _is_common(self, texts: Sequence[int]) -> bool:
        """Whether so many problems have a sequence. Several sets may have the same problem, in somewhat different words."""
        return len(texts) > COMMON and len({self._texts[text][0] for text in texts}) > COMMON


def _prose(text: str) -> list[str]:
    return WORD.findall(text.lower())


def _sequences(words: Sequence[str], size: int) -> Iterator[int]:
    """A number for each sequence of so many words, in their order; the same in every process, unlike the hash of a text."""
    codes = [crc32(word.encode("utf-8", "replace")) for word in words]
    return map(hash, zip(*(codes[start:] for start in range(size)), strict=False))


def _tells(words: Sequence[str]) -> bool:
    return len({word for word in words if word != NAMED and not word.isdigit()}) >= DISTINCT
