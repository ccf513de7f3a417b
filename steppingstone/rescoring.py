"""A batch of stored attempts that are scored again by the present graders: what changed is written, and no model is called."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from steppingstone import drafts
from steppingstone.attempting import grades
from steppingstone.batches import Batch, BatchDone, BatchRun, Listener, on_engine, rows_of
from steppingstone.drafts import Row
from steppingstone.engine import Engine
from steppingstone.errors import InfrastructureError
from steppingstone.records import Grade, Problem
from steppingstone.rows import completion_of, problem_of
from steppingstone.settings import Settings
from steppingstone.tables import ATTEMPTS

_LOG = logging.getLogger(__name__)

READ = [name for name in ATTEMPTS.names if name != "reasoning"]
"""No grader looks at the reasoning, which is most of what is stored."""
OF_PROBLEM = [field.name for field in fields(Problem)]


@dataclass(frozen=True, slots=True)
class Scored:
    """What is reported of attempts at one problem, as soon as they are scored. `number` is the first one's row, from 0.

    With a `fault` they could not be scored, and stay as they are.
    """

    number: int
    environment: str
    attempts: int
    rewards: int
    verdicts: int
    fault: str = ""


def score_batch(batch: Batch[int], settings: Settings, stored: drafts.Folder, folder: str, listener: Listener) -> BatchDone:
    """Scores some of the `stored` attempts again, and writes those whose verdict is another, without their reasoning.

    The batch's jobs are successive rows of the attempts table in `stored`.
    """
    only, groups = settings.regrade.environments, defaultdict[str, dict[int, Row]](dict)
    for number, row in rows_of(batch, stored, "attempts", READ).items():
        if not only or row["environment"] in only:
            groups[row["problem_id"]][number] = row
    found = drafts.find_rows(stored, "problems", groups.keys(), OF_PROBLEM)
    problems = {row["problem_id"]: problem_of(row) for row in found}
    return on_engine(settings, 1, lambda engine: _Attempts(engine, batch, settings, folder, listener, groups, problems))


class _Attempts(BatchRun[int]):
    """The attempts of a batch on their way, those at one problem together."""

    tables = ("attempts",)

    def __init__(
        self,
        engine: Engine,
        batch: Batch[int],
        settings: Settings,
        folder: str,
        listener: Listener,
        groups: Mapping[str, Mapping[int, Row]],
        problems: Mapping[str, Problem],
    ) -> None:
        super().__init__(engine, batch, settings, folder, listener)
        self.groups = groups
        self.problems = problems
        self.environments = {name: self.make_environment(name) for name in {each.environment for each in problems.values()}}

    def works(self) -> Iterable[Awaitable[None]]:
        return [self.counted(self._score(self.problems[name], rows), len(rows)) for name, rows in self.groups.items()]

    async def _score(self, problem: Problem, numbered: Mapping[int, Row]) -> None:
        rows, fault = list(numbered.values()), ""
        try:
            changed = await asyncio.to_thread(self._changed, problem, rows)
        except InfrastructureError:
            raise
        except Exception as error:
            # Attempts that we can't cope with must not end the run, again at each rerun.
            _LOG.exception("a fault of our own in scoring problem %s", problem.problem_id)
            changed, fault = [], f"{type(error).__name__}: {error}"[:300]
        self.rows.add({"attempts": [_rescored(row, grade) for row, grade in changed]})
        rewards = sum(row["reward"] != grade.reward for row, grade in changed)
        self.listener.hear(Scored(min(numbered), problem.environment, len(rows), rewards, len(changed), fault))

    def _changed(self, problem: Problem, rows: Sequence[Row]) -> list[tuple[Row, Grade]]:
        """Those rows whose verdict is another now, twice alike: what changes once is chance, such as a machine's load."""
        graded = zip(rows, self._grades(problem, rows), strict=True)
        changed = [(row, grade) for row, grade in graded if row["verdict"] != grade.verdict]
        again = self._grades(problem, [row for row, _ in changed])
        return [pair for pair, second in zip(changed, again, strict=True) if pair[1].verdict is second.verdict]

    def _grades(self, problem: Problem, rows: Sequence[Row]) -> list[Grade]:
        return grades(self.environments[problem.environment], problem, list(map(completion_of, rows)), self.engine.sandbox)


def _rescored(row: Row, grade: Grade) -> Row:
    new = {"answer": grade.answer, "verdict": str(grade.verdict), "detail": grade.detail, "reward": grade.reward}
    return {**row, "reasoning": "", **new}
