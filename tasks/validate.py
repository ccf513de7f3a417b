"""The verb validate: holds a draft's tables to their suites, and takes out the rows that fail."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa
from prefect import task

from expectations import GateResult, Outcome, Rules, Scope, check, remedy
from sql import ask, questions
from steppingstone import drafts
from steppingstone.batches import thresholds
from steppingstone.errors import GateFailed
from steppingstone.quarantine import FAILURES, QUARANTINED_FROM, Quarantine, take_out, weigh
from steppingstone.settings import Settings
from tasks.progress import tell
from tasks.show import records, show_gates, show_table

EXAMPLES = 5
MOSTLY_QUARANTINED = (
    "the table of gates names rows that fail and what stood there; if they may leave, let them by gates.most_quarantined; if "
    "what fails is due to settings or prompts that were changed, run it again with better ones"
)
SEVERITY = {"row": "rows go to quarantine", "table": "stops publishing", "warning": "warning"}


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


@task(
    name="validate",
    task_run_name="validate",
    description="Great Expectations over seeds, problems, attempts and rejections; failing rows go to quarantine",
    tags=["gate"],
)
def validate(draft: str, rules: Rules) -> GateReport:
    """Leaves a draft in which every row passed its suite.

    Raises `GateFailed`, with the draft as it was, if a table-level expectation is broken, or if more than the share
    `most_quarantined` of the problems would leave, which is a fault of the run rather than of the rows.
    """
    results = [check(draft, table, rules) for table in QUARANTINED_FROM]
    judge(draft, results)
    failures = _failures(results)
    failing, problems = weigh(draft, failures).problems, drafts.count_rows(draft, "problems")
    if failing > rules.most_quarantined * problems:
        raise GateFailed(
            f"{failing} of {problems} problems would be quarantined, more than the share {rules.most_quarantined}: "
            f"{_by_name(results)}. {_stays(draft)}\nWhat to do: {MOSTLY_QUARANTINED}"
        )
    quarantined = take_out(draft, failures)
    if failures.num_rows:
        out = ", ".join(f"{count} {table}" for table, count in asdict(quarantined).items() if count)
        tell(f"{out} went to quarantine: {_by_name(results)}. Once this is published: python -m sql quarantined_rows")
    results.append(check(draft, "quarantine", rules))
    return GateReport(judge(draft, results), quarantined)


def judge(folder: str, results: Iterable[GateResult]) -> tuple[Held, ...]:
    """Shows the outcomes of all suites, and returns them without their rows.

    Raises `GateFailed` that names every table-level expectation that did not hold, what was seen, where to look, and what to
    do.
    """
    held = tuple(_held(result, outcome) for result in results for outcome in result.outcomes)
    show_gates([_shown(each) for each in held])
    broken = [each for each in held if each.level == "table" and not each.ok]
    if broken:
        _show_rejections(folder)
        told = [f"{each.table}: {each.expectation} (suite {each.suite}): {_what(each)}saw {each.seen}" for each in broken]
        remedies = dict.fromkeys(remedy(each.suite, each.expectation) for each in broken)
        raise GateFailed("\n".join([*told, _stays(folder), f"What to do: {'; '.join(remedies)}"]))
    return held


def _show_rejections(folder: str) -> None:
    why = questions()["rejections_by_reason"]
    with drafts.connect(folder) as tables:
        show_table("rejections-by-reason", records(ask(tables, why.name)), why.asks)


def _shown(held: Held) -> dict[str, object]:
    """A row of the table of gates in Prefect's UI."""
    return {
        "held": "yes" if held.ok else "no",
        "suite": held.suite,
        "expectation": held.expectation,
        "rows failing": f"{held.unexpected:,} of {held.checked:,}" if held.checked else "",
        "observed": held.seen,
        "severity": SEVERITY[held.level],
        "table": held.table,
        "column": held.column,
        "of": held.scope,
    }


def _held(result: GateResult, outcome: Outcome) -> Held:
    return Held(
        suite=result.suite,
        table=result.table,
        scope=result.scope,
        expectation=outcome.name,
        level=outcome.level,
        column=outcome.column,
        ok=outcome.ok,
        checked=outcome.checked,
        unexpected=outcome.unexpected,
        seen=outcome.seen,
        examples=tuple(outcome.row_ids.slice(0, EXAMPLES).to_pylist()),
    )


def _stays(folder: str) -> str:
    return f"Nothing was published; the last published version stays as it was. This run's tables, rejections too: {folder}"


def _failures(results: Iterable[GateResult]) -> pa.Table:
    found = [_rows(result.table, outcome) for result in results for outcome in result.failed("row")]
    return pa.concat_tables([FAILURES.empty_table(), *found])


def _rows(table: str, outcome: Outcome) -> pa.Table:
    of_all = [pa.repeat(value, len(outcome.row_ids)) for value in (table, outcome.name, outcome.column)]
    return pa.table([of_all[0], outcome.row_ids, *of_all[1:]], schema=FAILURES)


def _what(held: Held) -> str:
    return f"{held.unexpected} of {held.checked} rows fail; " if held.checked else ""


def _by_name(results: Sequence[GateResult]) -> str:
    return ", ".join(f"{outcome.name} failed by {outcome.unexpected}" for result in results for outcome in result.failed("row"))
