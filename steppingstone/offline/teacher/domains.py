"""Which inputs a fuzzing problem allows: the text of `is_valid`, and random inputs that it accepts."""

import re
import string
from dataclasses import dataclass
from random import Random
from typing import Any

from steppingstone.offline.teacher.kinds import KINDS
from steppingstone.offline.teacher.literals import kind_of

_TOP = re.compile(r"0 <= [nx] <= (\d+)")
_LENGTH = re.compile(r"1 <= len\(x\) <= (\d+)")
LETTERS = string.ascii_lowercase + " _-"


@dataclass(frozen=True, slots=True)
class Domain:
    """Values of one kind with at most `length` items, whose numbers are 0 to `top`."""

    kind: str
    length: int
    top: int

    def condition(self) -> str:
        """The expression of `x` that tells whether it belongs here."""
        number = f"type(n) is int and 0 <= n <= {self.top}"
        text = f"type(w) is str and len(w) <= 8 and all((c in {LETTERS!r} for c in w))"
        return {
            "number": f"type(x) is int and 0 <= x <= {self.top}",
            "text": f"type(x) is str and 1 <= len(x) <= {self.length} and all((c in {LETTERS!r} for c in x))",
            "numbers": f"type(x) is list and 1 <= len(x) <= {self.length} and all(({number} for n in x))",
            "words": f"type(x) is list and 1 <= len(x) <= {self.length} and all(({text} for w in x))",
            "pair": f"type(x) is tuple and len(x) == 2 and all(({number} for n in x))",
            "table": f"type(x) is dict and 1 <= len(x) <= {self.length} and all(({text} for w in x)) "
            f"and all(({number} for n in x.values()))",
        }[self.kind]

    def draw(self, source: Random) -> Any:
        """A random value of the domain."""
        if self.kind == "number":
            return source.randint(0, self.top)
        if self.kind == "pair":
            return (source.randint(0, self.top), source.randint(0, self.top))
        count = source.randint(1, self.length)
        if self.kind == "text":
            return "".join(source.choice(LETTERS) for _ in range(count))
        if self.kind == "numbers":
            return [source.randint(0, self.top) for _ in range(count)]
        words = ["".join(source.choice(LETTERS) for _ in range(source.randint(1, 6))) for _ in range(count)]
        return words if self.kind == "words" else {word: source.randint(0, self.top) for word in words}


def again(kind: str, code: str, steer: str) -> Domain | None:
    """The domain of a previous problem's `is_valid`, wider if it should be harder and narrower if easier."""
    text = code.rpartition("def is_valid")[2]
    top, length = _TOP.search(text), _LENGTH.search(text)
    if kind not in KINDS or not (top or length):
        return None
    wider = {"harder": 1.6, "easier": 0.7}.get(steer, 1.0)
    return Domain(
        kind,
        min(24, max(3, round(int(length[1]) * wider))) if length else 6,
        min(100_000, max(9, round(int(top[1]) * wider**2))) if top else 60,
    )


def around(kind: str, value: Any) -> Domain:
    """The domain of values like this one."""
    if kind_of(value) != kind or (kind == "pair" and not all(isinstance(item, int) for item in value)):
        return Domain(kind, 6, 60)
    numbers = [value] if isinstance(value, int) else value.values() if isinstance(value, dict) else value
    top = max([20, *(abs(n) for n in numbers if isinstance(n, int))])
    length = len(value) if isinstance(value, str | list | dict) else 4
    return Domain(kind, min(24, max(4, length + length // 3)), min(2000, top + top // 4))
