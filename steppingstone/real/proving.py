"""Rows of real problems, proven a few at a time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from steppingstone.real.problem import RealProblem
from steppingstone.real.reading import Unread
from steppingstone.records import Problem, Reason, Rejection

AHEAD = 4
"""Rows under way for each that is being proven, so that a slow one does not hold up those behind it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a row came to. `number` counts rows from 0; `found` is None for a problem that is known already."""

    number: int
    given: RealProblem | Unread
    found: Problem | Rejection | None


def proofs(
    rows: Iterable[RealProblem | Unread], known: set[str], adopt: Callable[[RealProblem], Problem | Rejection], at_once: int
) -> Iterator[Proof]:
    """The rows in order with what they came to; `known` are the ids of problems to pass over, to which all others are added."""
    under_way: deque[tuple[int, RealProblem | Unread, Future[Problem | Rejection | None]]] = deque()

    def prove(given: RealProblem | Unread, is_known: bool) -> Problem | Rejection | None:
        if isinstance(given, Unread):
            return Rejection(Reason.UNREADABLE_ROW, given.why)
        return None if is_known else adopt(given)

    with ThreadPoolExecutor(at_once) as threads:
        for number, given in enumerate(rows):
            name = given.problem_id if isinstance(given, RealProblem) else ""
            under_way.append((number, given, threads.submit(prove, given, name in known)))
            known.add(name)
            if len(under_way) > AHEAD * at_once:
                yield _proof(*under_way.popleft())
        while under_way:
            yield _proof(*under_way.popleft())


def _proof(number: int, given: RealProblem | Unread, found: Future[Problem | Rejection | None]) -> Proof:
    return Proof(number, given, found.result())
