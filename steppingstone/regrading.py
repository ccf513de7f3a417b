"""A batch of published problems that another student attempts: each gets new attempts, and with them its p anew."""

import logging
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any

from steppingstone import drafts
from steppingstone.batches import Batch, BatchDone, BatchRun, Listener, on_engine, rows_of
from steppingstone.difficulty import PassRate
from steppingstone.engine import Engine
from steppingstone.errors import CapReached, InfrastructureError, PromptRefused
from steppingstone.records import Attempt, Tier
from steppingstone.rows import attempt_row, graded_columns, problem_of
from steppingstone.settings import Settings
from steppingstone.tables import PROBLEMS

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempted:
    """What is reported of a problem as soon as it was attempted. `number` is its row among those chosen, from 0.

    With a `fault` it could not be graded, and keeps the p that it has; `tier` is empty then.
    """

    number: int
    environment: str
    tier: str
    fault: str = ""


def attempt_batch(
    batch: Batch[int], settings: Settings, chosen: drafts.Folder, folder: str, requests: int, listener: Listener
) -> BatchDone:
    """Has the student attempt some of the `chosen` problems, and writes those that were graded, with their attempts.

    The batch's jobs are successive rows of the problems table in `chosen`; `requests` is as in `on_engine`.
    """
    rows = rows_of(batch, chosen, "problems", PROBLEMS.names)
    return on_engine(settings, requests, lambda engine: _Problems(engine, batch, settings, folder, listener, rows))


class _Problems(BatchRun[int]):
    """The problems of a batch on their way."""

    tables = ("problems", "attempts")

    def __init__(
        self,
        engine: Engine,
        batch: Batch[int],
        settings: Settings,
        folder: str,
        listener: Listener,
        rows: dict[int, dict[str, Any]],
    ) -> None:
        super().__init__(engine, batch, settings, folder, listener)
        self.problems = rows
        self.environments = {name: self.make_environment(name) for name in {row["environment"] for row in rows.values()}}
        self.student = self.make_student()

    def works(self) -> Iterable[Awaitable[None]]:
        return [self.counted(self._regrade(number)) for number in self.batch.jobs]

    async def _regrade(self, number: int) -> None:
        row = self.problems[number]
        attempts = await self._attempts(row)
        if isinstance(attempts, str):
            self.listener.hear(Attempted(number, row["environment"], "", attempts))
            return
        told = graded_columns(self.student, attempts)
        problem, chain_id, round_ = problem_of(row), row["chain_id"], row["round"]
        rows = [attempt_row(problem, chain_id, round_, attempt) for attempt in attempts]
        self.rows.add({"problems": [{**row, **told}], "attempts": rows})
        self.listener.hear(Attempted(number, row["environment"], str(told["tier"])))

    async def _attempts(self, row: dict[str, Any]) -> tuple[Attempt, ...] | str:
        """The attempts at a problem, one of them graded at least; or why there are none."""
        try:
            attempts = await self.student.attempt(self.environments[row["environment"]], problem_of(row))
        except PromptRefused as error:
            return str(error)
        except (InfrastructureError, CapReached):
            raise
        except Exception as error:
            # One reply that we can't cope with must not end the run, again at each rerun.
            _LOG.exception("a fault of our own in problem %s", row["problem_id"])
            return f"{type(error).__name__}: {error}"[:300]
        graded = self.thresholds.tier(PassRate.of([attempt.grade for attempt in attempts])) is not Tier.UNGRADED
        return attempts if graded else "none of its attempts could be graded"
