"""The verb validate: holds a draft's tables to their suites, and takes out the rows that fail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prefect import task

from expectations import GateResult, Rules, check
from steppingstone import drafts
from steppingstone.batches import thresholds
from steppingstone.environments import Real
from steppingstone.errors import GateFailed
from steppingstone.quarantine import Failure, Quarantine, take_out, weigh
from steppingstone.settings import Settings


@dataclass(frozen=True, slots=True)
class Held:
    """One expectation and how it came out: what a manifest or a person needs, without the rows."""

    suite: str
    table: str
    expectation: str
    level: str
    ok: bool
    checked: int
    unexpected: int
    seen: str


@dataclass(frozen=True, slots=True)
class GateReport:
    """All expectations of the gates that a draft went through, and how many rows left it."""

    held: tuple[Held, ...]
    quarantined: Quarantine


def gate_rules(settings: Settings) -> Rules:
    """What the gates hold a run's tables to, of its settings."""
    generation = settings.generation
    least = generation.attempts if generation.stop_confidence is None else min(generation.attempts_step, generation.attempts)
    return Rules(generation.attempts, least, (*settings.environments, Real.name), thresholds(settings))


@task(
    name="Validate",
    description="Great Expectations over seeds, problems and attempts; failing rows go to quarantine",
    tags=["gate"],
)
def validate(draft: str, rules: Rules, most_quarantined: float = 0.5) -> GateReport:
    """Leaves a draft in which every row passed its suite.

    Raises `GateFailed`, with the draft as it was, if a table-level expectation is broken, or if more than the share
    `most_quarantined` of the problems would leave, which is a fault of the run rather than of the rows.
    """
    results = [check(draft, table, rules) for table in ("seeds", "problems", "attempts")]
    stop_if_broken(draft, results)
    failures = list(_failures(results))
    out, problems = weigh(draft, failures).problems, drafts.count_rows(draft, "problems")
    if out > most_quarantined * problems:
        raise GateFailed(
            f"{out} of {problems} problems would be quarantined, more than the share {most_quarantined}: {_by_name(results)}. "
            f"{_stays(draft)}"
        )
    return GateReport(held_of(results), take_out(draft, failures))


def stop_if_broken(draft: str, results: Iterable[GateResult]) -> None:
    """Raises `GateFailed` that names every table-level expectation that did not hold, what was seen, and where to look."""
    broken = [
        f"{result.table}: {outcome.name} (suite {result.suite}): {_what(outcome.checked, outcome.unexpected)}saw {outcome.seen}"
        for result in results
        for outcome in result.broken
    ]
    if broken:
        raise GateFailed("\n".join([*broken, _stays(draft)]))


def held_of(results: Iterable[GateResult]) -> tuple[Held, ...]:
    """The outcomes of all suites without their rows."""
    return tuple(
        Held(result.suite, result.table, each.name, each.level, each.ok, each.checked, each.unexpected, each.seen)
        for result in results
        for each in result.outcomes
    )


def _stays(draft: str) -> str:
    return f"Nothing was published; the last published version stays as it was. This run's tables, rejections too: {draft}"


def _failures(results: Iterable[GateResult]) -> Iterable[Failure]:
    for result in results:
        for outcome in result.outcomes:
            if outcome.level == "row":
                yield from (Failure(result.table, row, outcome.name, outcome.column) for row in outcome.row_ids)


def _what(checked: int, unexpected: int) -> str:
    return f"{unexpected} of {checked} rows fail; " if checked else ""


def _by_name(results: Sequence[GateResult]) -> str:
    return ", ".join(
        f"{outcome.name} failed by {outcome.unexpected}"
        for result in results
        for outcome in result.outcomes
        if outcome.level == "row" and outcome.unexpected
    )
