"""Rewards: completions graded by the code that graded the data, in threads, on asyncio's loops and in process pools alike."""

import asyncio
import math
import multiprocessing
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Self

from steppingstone.environments import Environment, environment
from steppingstone.errors import BadInput, SandboxUnavailable
from steppingstone.published import PublishedProblem
from steppingstone.records import Grade, Problem, Verdict
from steppingstone.sandbox import Limits, Sandbox

if TYPE_CHECKING:
    from steppingstone.service.client import RemoteGrader

RAY_WORKER = "default_worker.py"
"""The program of each of Ray's worker processes, of which there are many a machine."""


class Grader:
    """Grades completions in confined processes of its own, `servers` at once; its methods can be called from any thread.

    Without a number there are as many as `STEPPINGSTONE_SERVERS` says, else one for each core, shared among the processes of
    one torchrun, and a single one in a worker of a process pool or of Ray. The processes start at the first grading, and end by
    `close` or with this process. A problem that was not loaded as published has the usual limits.
    """

    def __init__(self, servers: int | None = None) -> None:
        self._servers = servers or usual_servers()
        self._sandbox = Sandbox(self._servers)

    def grade(self, problem: Problem, completion: str) -> Grade:
        """Reward 0 or 1, verdict and reason. Raises `SandboxUnavailable` if we failed, which is no reward."""
        (grade,) = self._grades(problem, [completion])
        return grade

    def grade_many(self, asked: Iterable[tuple[Problem, str]]) -> list[Grade]:
        """As `grade`, in the order given. All servers are at work, and completions of one problem share what they can."""
        pairs = list(asked)
        places = defaultdict[Problem, list[int]](list)
        for place, (problem, _) in enumerate(pairs):
            places[problem].append(place)
        most = max(1, math.ceil(len(pairs) / self._servers))
        parts = [(problem, at[i : i + most]) for problem, at in places.items() for i in range(0, len(at), most)]
        found: dict[int, Grade] = {}
        with ThreadPoolExecutor(self._servers, "grading") as threads:
            grades = threads.map(lambda part: self._grades(part[0], [pairs[place][1] for place in part[1]]), parts)
            for (_, at), graded in zip(parts, grades, strict=True):
                found |= zip(at, graded, strict=True)
        return [found[place] for place in range(len(pairs))]

    def close(self) -> None:
        """Ends the processes; what is graded after that raises `SandboxUnavailable`."""
        self._sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _grades(self, problem: Problem, completions: Sequence[str]) -> list[Grade]:
        return grade_group(problem, completions, self._sandbox)


def grade_group(problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
    """One grade a completion, in order, by one of the sandbox's processes. Raises `SandboxUnavailable` if we failed."""
    limits = problem.limits if isinstance(problem, PublishedProblem) else Limits()
    grades = _environment(problem.environment, limits).grade(problem, completions, sandbox)
    if ungraded := next((grade for grade in grades if grade.verdict is Verdict.UNGRADED), None):
        raise SandboxUnavailable(f"a completion of problem {problem.problem_id} could not be graded: {ungraded.detail}")
    return grades


def usual_servers() -> int:
    """How many a process has that was not told."""
    if told := os.environ.get("STEPPINGSTONE_SERVERS"):
        if not told.isdecimal() or int(told) < 1:
            raise BadInput(f"STEPPINGSTONE_SERVERS={told}: a number of processes, at least 1")
        return int(told)
    if multiprocessing.parent_process() is not None or os.path.basename(sys.argv[0]) == RAY_WORKER:
        return 1
    return max(1, len(os.sched_getaffinity(0)) // int(os.environ.get("LOCAL_WORLD_SIZE", 1)))


def grade(problem: Problem, completion: str) -> Grade:
    """As `Grader.grade`, by this process's own grader; by the service at `STEPPINGSTONE_GRADER_URL` where that is set."""
    return _shared().grade(problem, completion)


def grade_many(asked: Iterable[tuple[Problem, str]]) -> list[Grade]:
    """As `Grader.grade_many`, by the grader of `grade`."""
    return _shared().grade_many(asked)


async def agrade(problem: Problem, completion: str) -> Grade:
    """As `grade`, in a thread of the loop's."""
    return await asyncio.to_thread(grade, problem, completion)


@cache
def _environment(name: str, limits: Limits) -> Environment:
    return environment(name, limits=limits)


_lock = threading.Lock()
_grader: "Grader | RemoteGrader | None" = None


def _shared() -> "Grader | RemoteGrader":
    global _grader
    with _lock:
        _grader = _grader or _usual_grader()
        return _grader


def _usual_grader() -> "Grader | RemoteGrader":
    if url := os.environ.get("STEPPINGSTONE_GRADER_URL"):
        from steppingstone.service.client import RemoteGrader

        return RemoteGrader(url, os.environ.get("STEPPINGSTONE_TOKEN", ""))
    return Grader()


def _forget() -> None:
    """In a forked copy of the process: it needs servers of its own, and the lock may be that of a thread that is not there."""
    global _lock, _grader
    _lock, _grader = threading.Lock(), None


os.register_at_fork(after_in_child=_forget)
