"""Where completions wait for a confined process: first come, first served, and no more of them than there is room for."""

import asyncio
import math
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from steppingstone.errors import InfrastructureError
from steppingstone.grading import grade_group
from steppingstone.published import PublishedProblem
from steppingstone.records import Grade
from steppingstone.sandbox import Sandbox

LARGEST_PART = 32
"""Completions of a problem that are graded in a row: many share what they can, and few are soon done for a client that left."""

Pair = tuple[PublishedProblem, str]


class Overloaded(InfrastructureError):
    """There is no room now for what was asked; there will be."""


class Desk:
    """Grades by `workers` confined processes, and holds at most `room` completions that wait or are being graded.

    Raises `SandboxUnavailable` if this machine can't confine them.
    """

    def __init__(self, workers: int, room: int) -> None:
        self.workers, self.room, self.taken, self.graded = workers, room, 0, 0
        self._sandbox = Sandbox(workers)
        self._sandbox.start()
        self.policy = self._sandbox.policy_report()
        self._threads = ThreadPoolExecutor(workers, "grading")
        self._lock = threading.Lock()

    async def grades(self, pairs: Sequence[Pair]) -> list[Grade]:
        """In the order given. Raises `Overloaded`, and `SandboxUnavailable` if we failed, which is no reward.

        Cancelled, it leaves its place to others; what a process is at comes to its end.
        """
        self._take(len(pairs))
        parts = _parts(pairs, self.workers)
        begun = [self._begin(pairs, part) for part in parts]
        try:
            graded = await asyncio.gather(*map(asyncio.wrap_future, begun))
        finally:
            for future in begun:
                future.cancel()
        found = {
            place: grade for part, grades in zip(parts, graded, strict=True) for place, grade in zip(part, grades, strict=True)
        }
        return [found[place] for place in range(len(pairs))]

    def close(self) -> None:
        """Ends the processes; what one is at comes to its end, and nothing after that."""
        self._sandbox.close()
        self._threads.shutdown(cancel_futures=True)

    def _begin(self, pairs: Sequence[Pair], part: Sequence[int]) -> Future[list[Grade]]:
        future = self._threads.submit(grade_group, pairs[part[0]][0], [pairs[place][1] for place in part], self._sandbox)
        future.add_done_callback(lambda done: self._give_back(done, len(part)))
        return future

    def _take(self, number: int) -> None:
        with self._lock:
            if self.taken + number > self.room:
                raise Overloaded(f"{self.taken} completions are waiting or being graded, of {self.room} at most; come again")
            self.taken += number

    def _give_back(self, done: Future[list[Grade]], number: int) -> None:
        with self._lock:
            self.taken -= number
            self.graded += 0 if done.cancelled() or done.exception() else number


def _parts(pairs: Sequence[Pair], workers: int) -> list[list[int]]:
    """The places of what one process grades in a row, which is of one problem; so few in each that all have work."""
    places = defaultdict[str, list[int]](list)
    for place, (problem, _) in enumerate(pairs):
        places[problem.problem_id].append(place)
    most = min(LARGEST_PART, math.ceil(len(pairs) / workers))
    return [at[start : start + most] for at in places.values() for start in range(0, len(at), most)]
