"""A batch of problems that a model is evaluated on: as many samples of each as are asked for, graded."""

import logging
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any

from steppingstone import drafts
from steppingstone.attempting import Examiner
from steppingstone.batches import Batch, BatchDone, BatchRun, Listener, on_engine, rows_of
from steppingstone.difficulty import PassRate
from steppingstone.engine import Engine
from steppingstone.errors import PromptRefused
from steppingstone.evaluation.maths import Maths
from steppingstone.records import Attempt
from steppingstone.rows import problem_of
from steppingstone.settings import Settings
from steppingstone.tables import POSED

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """What is reported of a problem as soon as it was graded: its row among those posed, from 0, and its samples.

    With a `fault` the servers refuse its prompt, and none of its samples are graded.
    """

    number: int
    benchmark: str
    graded: int
    solved: int
    fault: str = ""


def as_evaluated(settings: Settings) -> Settings:
    """The settings under which the student is sampled: those of `evaluate`.

    Weights of another label or step are asked anew unless `student.revision` says which they are, for the name by which they
    are served may be the same.
    """
    asked, student = settings.evaluate, settings.student
    label = asked.label or student.model
    told = {
        "temperature": asked.temperature,
        "top_p": asked.top_p,
        "revision": student.revision or f"{label}, step {asked.step}",
    }
    alike = {"attempts": asked.samples, "stop_confidence": None}
    return settings.model_copy(
        update={
            "student": student.model_copy(update=told),
            "generation": settings.generation.model_copy(update=alike),
            "evaluate": asked.model_copy(update={"label": label}),
        }
    )


def answer_batch(
    batch: Batch[int], settings: Settings, posed: drafts.Folder, folder: str, run_id: str, requests: int, listener: Listener
) -> BatchDone:
    """Has the student answer some of the problems `posed`, and writes a row of each.

    The batch's jobs are successive rows of that table; the settings are those that `as_evaluated` gives; `requests` is as in
    `on_engine`.
    """
    rows = rows_of(batch, posed, "posed", POSED.names)
    return on_engine(settings, requests, lambda engine: _Answers(engine, batch, settings, folder, listener, run_id, rows))


class _Answers(BatchRun[int]):
    """The problems of a batch on their way."""

    tables = ("evaluated",)

    def __init__(
        self,
        engine: Engine,
        batch: Batch[int],
        settings: Settings,
        folder: str,
        listener: Listener,
        run_id: str,
        rows: dict[int, dict[str, Any]],
    ) -> None:
        super().__init__(engine, batch, settings, folder, listener)
        self.run_id = run_id
        self.problems = rows
        self.student = self.make_student()
        self.examiners: dict[str, Examiner] = {
            name: Maths() if name == Maths.name else self.make_environment(name)
            for name in {row["environment"] for row in rows.values()}
        }

    def works(self) -> Iterable[Awaitable[None]]:
        return [self.counted(self._evaluate(number)) for number in self.batch.jobs]

    async def _evaluate(self, number: int) -> None:
        row, fault = self.problems[number], ""
        try:
            attempts = await self.student.attempt(self.examiners[row["environment"]], problem_of(row))
        except PromptRefused as error:
            _LOG.warning("problem %s of %s is not answered: %s", row["name"], row["benchmark"], error)
            attempts, fault = (), str(error)
        rate = PassRate.of([attempt.grade for attempt in attempts])
        self.rows.add({"evaluated": [self._row(row, attempts, rate)]})
        self.listener.hear(Answered(number, row["benchmark"], rate.graded, rate.solved, fault))

    def _row(self, posed: dict[str, Any], attempts: tuple[Attempt, ...], rate: PassRate) -> drafts.Row:
        asked, model = self.settings.evaluate, self.settings.student
        same = ("benchmark", "segments", "name", "problem_id", "prompts_hash")
        return {name: posed[name] for name in same} | {
            "label": asked.label,
            "step": asked.step,
            "run_id": self.run_id,
            "model": model.model,
            "revision": model.revision,
            "temperature": model.temperature,
            "top_p": model.top_p,
            "max_tokens": model.max_tokens,
            "reasoning_effort": model.reasoning_effort or "",
            "random_seed": self.settings.random_seed,
            "samples": len(attempts),
            "graded": rate.graded,
            "solved": rate.solved,
            "verdicts": [str(attempt.grade.verdict) for attempt in attempts],
            "details": [attempt.grade.detail for attempt in attempts],
            "answers": [attempt.grade.answer for attempt in attempts],
            "prompt_tokens": sum(attempt.completion.prompt_tokens for attempt in attempts),
            "completion_tokens": sum(attempt.completion.completion_tokens for attempt in attempts),
        }
