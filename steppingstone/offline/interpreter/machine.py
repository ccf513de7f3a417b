"""What all closures of one interpreted program share: its budget of steps, its depth, and the attention it takes."""

from collections.abc import Callable

MAX_DEPTH = 40
MAX_SIZE = 50_000
MAX_BITS = 20_000


class Stopped(Exception):
    """The interpreter itself gave up; no `except` of an interpreted program catches it."""


class OutOfBudget(Stopped):
    """More steps, depth or size than the caps allow."""


class Unsupported(Stopped):
    """Something that this interpreter does not know."""


class Machine:
    """Counts steps against `limit`, and effort: what a reader must hold in mind to follow.

    When the effort passes `trip`, `slip` is called with the value at hand, and what it returns takes the value's place.
    """

    __slots__ = ("burden", "depth", "effort", "limit", "slip", "steps", "trip")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.slip: Callable[[object], object] = lambda value: value
        self.reset()

    def reset(self, trip: float = float("inf")) -> None:
        """Begins a new run."""
        self.steps, self.depth, self.effort, self.burden, self.trip = 0, 0, 0.0, 1.0, trip

    def tick(self, cost: int = 1) -> None:
        """Counts steps. Raises `OutOfBudget` past the limit."""
        self.steps += cost
        if self.steps > self.limit:
            raise OutOfBudget(f"more than {self.limit} steps")

    def note(self, value: object) -> object:
        """Counts the effort of having worked out this value, and may slip over it."""
        self.effort += weight(value) * self.burden
        if self.effort >= self.trip:
            return self.slip(value)
        return value

    def enter(self) -> None:
        """Begins a call of an interpreted function."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise OutOfBudget(f"calls deeper than {MAX_DEPTH}")
        self.tick()


def weight(value: object) -> float:
    """How hard a value is to hold: more digits, more characters, more items weigh more."""
    kind = type(value)
    if kind is int:
        return 0.5 + value.bit_length() / 20  # type: ignore[attr-defined, no-any-return]
    if kind is str:
        return 0.5 + len(value) / 14  # type: ignore[arg-type]
    if kind in (list, tuple, dict, set):
        return 0.5 + len(value) / 5  # type: ignore[arg-type]
    return 0.3
