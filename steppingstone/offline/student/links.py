"""What an attempt learns by changing one place of an input: which place of the output follows it, and how strongly."""

from random import Random
from typing import Any

Place = tuple[int, float]


class Links:
    """For places of the output, the place of the input that they follow and the change for a change of 1 there."""

    def __init__(self) -> None:
        self.places: dict[int, Place] = {}

    def learn(self, before: Any, output: Any, after: Any, result: Any) -> None:
        """Compares two trials that differ in one place of the input and one of the output."""
        if not same_sequences(before, after) or not same_sequences(output, result):
            return
        moved, followed = _differences(before, after), _differences(output, result)
        if len(moved) != 1 or len(followed) != 1:
            return
        (source, target) = moved[0], followed[0]
        change, effect = _minus(after[source], before[source]), _minus(result[target], output[target])
        if change and effect:
            self.places[target] = source, effect / change

    def mend(self, best: Any, output: Any, target: Any, source: Random) -> Any:
        """The input with one wrong place of the output put right, if a link tells how; else None."""
        if not same_sequences(output, target):
            return None
        wrong = [at for at, (a, b) in enumerate(zip(output, target, strict=False)) if a != b and at in self.places]
        if not wrong:
            return None
        at = source.choice(wrong)
        place, slope = self.places[at]
        gap = _minus(target[at], output[at])
        if gap is None or place >= len(best):
            return None
        return put(best, place, _plus(best[place], round(gap / slope)))


def nudged(value: Any, source: Random) -> Any:
    """The value with one place of a sequence changed a little; None if it is no sequence."""
    if not isinstance(value, str | list | tuple) or not value:
        return None
    at = source.randrange(len(value))
    item = value[at]
    if isinstance(item, int):
        return put(value, at, item + source.choice((-2, -1, 1, 2, 7)))
    return put(value, at, _plus(item, source.choice((-3, -1, 1, 2)))) if isinstance(value, str) else None


def same_sequences(*values: Any) -> bool:
    """Whether all values are sequences of one type."""
    return isinstance(values[0], str | list | tuple) and len({type(value) for value in values}) == 1


def put(sequence: Any, at: int, item: Any) -> Any:
    """The sequence with another item in one place."""
    changed = [*sequence[:at], item, *sequence[at + 1 :]]
    return "".join(map(str, changed)) if isinstance(sequence, str) else type(sequence)(changed)


def _differences(one: Any, other: Any) -> list[int]:
    if len(one) != len(other):
        return []
    return [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]


def _minus(one: Any, other: Any) -> int | None:
    if type(one) is int and type(other) is int:
        return one - other
    if isinstance(one, str) and isinstance(other, str) and len(one) == len(other) == 1:
        return ord(one) - ord(other)
    return None


def _plus(item: Any, change: int) -> Any:
    if type(item) is int:
        return item + change
    return chr(min(126, max(32, ord(item) + change))) if isinstance(item, str) and len(item) == 1 else item
