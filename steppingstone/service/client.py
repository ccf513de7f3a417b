"""Asks a grading service as one asks a `Grader`. Needs what loading problems needs, and nothing else."""

import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from http.client import HTTPException
from types import TracebackType
from typing import Self

from steppingstone.errors import BadInput, SandboxUnavailable
from steppingstone.published import PublishedProblem
from steppingstone.records import Grade, Problem, Verdict, content_id
from steppingstone.redaction import redacted
from steppingstone.sandbox import Limits
from steppingstone.service.connections import Answer, Connections

BATCH, BATCH_CHARS = 1_000, 2_000_000
"""What is asked at once, at most."""
AGAIN = (429, 502, 503, 504)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 10.0

Pair = tuple[Problem, str]


@lru_cache(10_000)
def digest(problem: Problem) -> str:
    """The same for problems that are graded alike: all that is known of them is the same, and the limits too."""
    limits = problem.limits if isinstance(problem, PublishedProblem) else Limits()
    return content_id(json.dumps([[getattr(problem, name) for name in Problem.__slots__], asdict(limits)]))


class RemoteGrader:
    """Grades by the service at `url` (http://host:port, or https), which must serve the very problems that are asked about.

    Its methods can be called from any thread, and in a forked copy of the process. What fails for the time being (no
    connection, an overloaded service, a sandbox that failed) is asked again for `patience_s`, and is then `SandboxUnavailable`,
    which is no reward. Raises `BadInput` for what no second try mends: another token, or problems that are not served.
    """

    def __init__(self, url: str, token: str = "", patience_s: float = 600.0) -> None:
        self._connections, self._patience_s = Connections(url), patience_s
        self._name = f"the grading service at {redacted(url)}"
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def grade(self, problem: Problem, completion: str) -> Grade:
        """As `Grader.grade`."""
        (grade,) = self._grades([(problem, completion)])
        return grade

    def grade_many(self, asked: Iterable[Pair]) -> list[Grade]:
        """As `Grader.grade_many`."""
        return [grade for batch in _batches(asked) for grade in self._grades(batch)]

    def close(self) -> None:
        """Closes its connections; the next grading opens others."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _grades(self, pairs: Sequence[Pair]) -> list[Grade]:
        answer = self._answer(json.dumps({"items": [_item(*pair) for pair in pairs]}).encode("ascii"))
        if answer.status == 413 and len(pairs) > 1:
            middle = len(pairs) // 2
            return self._grades(pairs[:middle]) + self._grades(pairs[middle:])
        return self._read(answer, len(pairs))

    def _answer(self, body: bytes) -> Answer:
        """What the service says in the end; what may pass is waited for."""
        deadline, longest = time.monotonic() + self._patience_s, FIRST_WAIT_S
        while True:
            try:
                answer = self._connections.post("/grade/batch", body, self._headers, max(0.1, deadline - time.monotonic()))
            except (OSError, HTTPException) as error:
                answer = Answer(503, repr(error))
            if answer.status not in AGAIN:
                return answer
            wait = answer.retry_after_s + random.uniform(0, longest)
            if time.monotonic() + wait > deadline:
                raise SandboxUnavailable(f"{self._name} gave no grades for {self._patience_s:g} s: {answer.text[:300]}")
            time.sleep(wait)
            longest = min(2 * longest, LONGEST_WAIT_S)

    def _read(self, answer: Answer, number: int) -> list[Grade]:
        try:
            told = json.loads(answer.text)
            if answer.status != 200:
                kind = BadInput if 400 <= answer.status < 500 else SandboxUnavailable
                raise kind(f"{self._name} refused, with status {answer.status}: {told['detail']}")
            grades = [Grade(Verdict(each["verdict"]), each["answer"], each["detail"]) for each in told["grades"]]
            rewards = [each["reward"] for each in told["grades"]]
            if None not in rewards and rewards == [grade.reward for grade in grades] and len(grades) == number:
                return grades
            raise ValueError(f"{len(grades)} grades for {number} completions, or other rewards than the verdicts say")
        except (ValueError, KeyError, TypeError) as error:
            said = f"{error!r}, status {answer.status}: {answer.text[:200]!r}"
            raise SandboxUnavailable(f"{self._name} answers as none of ours does ({said}); is it at that address?") from error


def _item(problem: Problem, completion: str) -> dict[str, str]:
    return {"problem_id": problem.problem_id, "completion": completion, "digest": digest(problem)}


def _batches(asked: Iterable[Pair]) -> Iterator[list[Pair]]:
    batch, chars = list[Pair](), 0
    for pair in asked:
        if batch and (len(batch) == BATCH or chars + len(pair[1]) > BATCH_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(pair)
        chars += len(pair[1])
    if batch:
        yield batch
