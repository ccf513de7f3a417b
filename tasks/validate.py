"""The verb validate: holds a draft's tables to their suites, and takes out the rows that fail."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa
from prefect import task

from expectations import GateResult, Outcome, Rules, Scope, check
from steppingstone import drafts
from steppingstone.errors import GateFailed
from steppingstone.generation import thresholds
from steppingstone.quarantine import FAILURES, QUARANTINED_FROM, Quarantine, take_out, weigh
from steppingstone.settings import Settings
from tasks.progress import tell

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Held:
    """One expectation and how it came out: what a manifest or a person needs, without the rows.

    `scope` is run, for a draft, or dataset, for all that is published with it; `level` is what a failure does: row quarantines
    the rows, table stops publishing, warning is said. `unexpected` of `checked` rows fail; `seen` says what stood in the first
    of them, or what was measured, and `examples` names up to five.
    """

    suite: str
    table: str
    scope: Scope
    expectation: str
    level: str
    column: str
    ok: bool
    checked: int
    unexpected: int
    seen: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateReport:
    """All expectations of the gates that a draft went through, and how many rows left it."""

    held: tuple[Held, ...]
    quarantined: Quarantine


def gate_rules(settings: Settings) -> Rules:
    """What the gates hold a run's tables to, of its settings."""
    generation, gates = settings.generation, settings.gates
    return Rules(
        attempts=generation.attempts,
        least_attempts=_least_attempts(settings),
        environments=settings.environments,
        thresholds=thresholds(settings),
        most_quarantined=gates.most_quarantined,
        # Who names targets has said how much of each environment there is to be.
        imbalance=1.0 if settings.targets else gates.imbalance,
        rows_lost=gates.rows_lost,
        yield_lost=gates.yield_lost,
    )


def _least_attempts(settings: Settings) -> int:
    generation = settings.generation
    return generation.attempts if generation.stop_confidence is None else min(generation.attempts_step, generation.attempts)
