"""Attempts: what a student makes of a problem, asked for until there are enough, each with its verdict."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from steppingstone import counts
from steppingstone.chat import Chat
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.records import Attempt, Completion, Grade, Message, Problem, Verdict
from steppingstone.sandbox import Sandbox
from steppingstone.stopping import decided


class Examiner(Protocol):
    """What tells a student a problem, and grades what it answers: an environment, or a benchmark's own."""

    name: ClassVar[str]

    def student_prompt(self, problem: Problem) -> tuple[Message, ...]:
        """What the student is told."""

    def grade(self, problem: Problem, completions: Sequence[str], sandbox: Sandbox) -> list[Grade]:
        """One grade a completion, in order. Raises `SandboxUnavailable` if the sandbox fails."""


NEVER_CAME = Completion(text="", finish_reason="error", prompt_tokens=0, completion_tokens=0)
"""Stands for what the server would not give: an attempt of it is `ungraded`, a proposal of it rejected."""


@dataclass(frozen=True, slots=True)
class Student:
    """A model that attempts problems, the sandbox in which it is graded, and how many attempts a problem gets.

    Attempts are asked for `step` at a time, and stop before `attempts` once tier and steer are as certain as `confidence`;
    never if that is None.
    """

    chat: Chat
    sandbox: Sandbox
    thresholds: Thresholds
    attempts: int = 32
    step: int = 4
    confidence: float | None = None

    async def attempt(self, environment: Examiner, problem: Problem) -> tuple[Attempt, ...]:
        """The attempts at one problem. Raises as `Chat.sample` and `Examiner.grade` do."""
        attempts: tuple[Attempt, ...] = ()
        while len(attempts) < self.attempts and not self._decided(attempts):
            step = self.attempts if self.confidence is None else self.step
            first, count = len(attempts), min(step, self.attempts - len(attempts))
            samples = await self.chat.sample(environment.student_prompt(problem), count, first)
            said = [NEVER_CAME if sample is None else sample for sample in samples]
            verdicts = await asyncio.to_thread(grades, environment, problem, said, self.sandbox)
            for verdict, number in Counter(each.verdict for each in verdicts).items():
                counts.VERDICTS.add(environment.name, verdict, by=number)
            attempts += tuple(map(Attempt, range(first, first + count), said, verdicts))
        return attempts

    def _decided(self, attempts: Sequence[Attempt]) -> bool:
        rate = PassRate.of([attempt.grade for attempt in attempts])
        return self.confidence is not None and decided(rate, self.attempts, self.thresholds, self.confidence)


def grades(environment: Examiner, problem: Problem, said: Sequence[Completion], sandbox: Sandbox) -> list[Grade]:
    """One grade a completion, in order: what never came is `ungraded`, and what was cut before it had an answer `cut`."""
    given = iter(environment.grade(problem, [each.text for each in said if each != NEVER_CAME], sandbox))
    return [_never() if each == NEVER_CAME else _cut_short(each, next(given)) for each in said]


def _never() -> Grade:
    return Grade(Verdict.UNGRADED, detail="the model server gave no completion")


def _cut_short(said: Completion, grade: Grade) -> Grade:
    cut = grade.verdict is Verdict.NO_ANSWER and said.finish_reason == "length"
    return replace(grade, verdict=Verdict.CUT) if cut else grade
