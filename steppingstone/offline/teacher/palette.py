"""The constants, words and operators that a problem is painted with: the seed's, or those of the previous problem."""

import ast
import re
from dataclasses import dataclass
from random import Random

from steppingstone.offline.teacher.forms import Form
from steppingstone.offline.teacher.harvest import Harvest
from steppingstone.offline.teacher.literals import WORDS
from steppingstone.offline.teacher.program import Step
from steppingstone.syntax import parse

_LETTERS = re.compile(r"[A-Za-z]{3,12}")
_SIGNS = ("+", "-", "^")


@dataclass(frozen=True, slots=True)
class Palette:
    """What constants are chosen from; each choice is now and then a new one."""

    numbers: tuple[int, ...] = ()
    words: tuple[str, ...] = WORDS
    signs: tuple[str, ...] = _SIGNS

    def number(self, source: Random, low: int, high: int) -> int:
        """A number from `low` to `high`, one of our own where there is one."""
        own = [number for number in self.numbers if low <= number <= high]
        return source.choice(own) if own and source.random() < 0.4 else source.randint(low, high)

    def letter(self, source: Random) -> str:
        """A letter of one of the words."""
        return source.choice(source.choice(self.words))

    def fill(self, form: Form, source: Random) -> Step:
        """A form with its placeholders filled."""
        modulus = self.number(source, 2, 5)
        values = {
            "a": self.number(source, 2, 9),
            "b": self.number(source, 3, 60),
            "m": self.number(source, 40, 990),
            "k": source.randint(2, 4),
            "s": modulus,
            "r": source.randrange(modulus),
            "c": repr(self.letter(source)),
            "d": repr(self.letter(source)),
            "t": repr(source.choice(self.words)[: source.randint(2, 4)]),
            "op": source.choice(self.signs),
        }
        return Step(form.before, form.after, form.template.format(**values), form.cost)


def from_harvest(found: Harvest) -> Palette:
    """The palette of a seed."""
    signs = tuple(sign for sign in found.signs if sign in ("+", "-", "^", "|")) or _SIGNS
    return Palette(found.numbers, found.words or WORDS, signs)


def from_code(code: str, inputs: str) -> Palette:
    """The palette of a previous problem, from its constants and the names of its helpers."""
    try:
        constants = [node.value for node in ast.walk(parse(code)) if isinstance(node, ast.Constant)]
    except (SyntaxError, ValueError, RecursionError):
        constants = []
    numbers = tuple(value for value in constants if type(value) is int and 1 < value < 1000)
    words = tuple(dict.fromkeys(word.lower() for word in _LETTERS.findall(inputs)))
    return Palette(numbers, (*words, *WORDS))
