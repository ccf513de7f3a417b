"""What a real problem is graded by, and how that is kept as JSON: the column `tests` of the problems table."""

import json
from dataclasses import dataclass, replace

from steppingstone.errors import BadInput
from steppingstone.sandbox import Limits

LIMITS = Limits(seconds=8.0, memory_mb=512)


@dataclass(frozen=True, slots=True)
class Checks:
    """The tests of one problem: `programs`, or `calls` and `code`; a program has to pass them all, within `limits`.

    `programs` are pairs of standard input and output. `calls` are arguments of `function` with the expected result, JSON's
    own values; the function is a method of the program's class `Solution`, if there is one. `code` is asserts, test functions
    or unittest cases. `setup` is code that stands before the program, and before the tests that are code.
    """

    setup: str = ""
    programs: tuple[tuple[str, str], ...] = ()
    function: str = ""
    calls: tuple[tuple[list[object], object], ...] = ()
    code: tuple[str, ...] = ()
    limits: Limits = LIMITS

    def to_json(self) -> str:
        """These checks in ASCII; the same text for the same checks."""
        return json.dumps({"seconds": self.limits.seconds, "memory_mb": self.limits.memory_mb} | self._content())

    def content(self) -> str:
        """The same for checks that differ in their limits alone."""
        return json.dumps(self._content())

    def within(self, limits: Limits) -> "Checks":
        """These checks under other limits."""
        return replace(self, limits=limits)

    def _content(self) -> dict[str, object]:
        parts = {name: getattr(self, name) for name in ("setup", "programs", "function", "calls", "code")}
        return {name: part for name, part in parts.items() if part}


def from_json(text: str) -> Checks:
    """The checks that `to_json` wrote. Raises `BadInput` for any other text, the empty one of other environments too."""
    try:
        told = json.loads(text)
        limits = Limits(seconds=told.pop("seconds"), memory_mb=told.pop("memory_mb"))
        programs = tuple((given, due) for given, due in told.pop("programs", ()))
        calls = tuple((arguments, due) for arguments, due in told.pop("calls", ()))
        return Checks(programs=programs, calls=calls, code=tuple(told.pop("code", ())), limits=limits, **told)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(f"{text[:80]!r} is not what a real problem is graded by: give its column `tests` as it is") from error
