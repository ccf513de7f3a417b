"""A real problem as its file gives it."""

from dataclasses import dataclass

from steppingstone.real.checks import Checks
from steppingstone.records import content_id


class Unreadable(ValueError):
    """A row of a known layout that makes no problem; the message says what is missing or wrong."""


@dataclass(frozen=True, slots=True)
class RealProblem:
    """One row: its name in its set, the set's origin, the task and the form of an answer in words, the reference or ''.

    `difficulty` and `day`, that of its contest as YYYY-MM-DD, are the set's own words, '' where it has none.
    """

    name: str
    origin: str
    license: str
    task: str
    form: str
    code: str
    checks: Checks
    difficulty: str = ""
    day: str = ""

    @property
    def problem_id(self) -> str:
        """The same for the same task with the same tests, wherever it stands, whatever its reference and limits."""
        return content_id("real", self.task, self.checks.content())
