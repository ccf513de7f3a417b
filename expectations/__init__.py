"""Gates: one Great Expectations suite a table, in JSON, over the columns that the `.sql` file beside it projects."""

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from steppingstone import drafts
from steppingstone.difficulty import Thresholds
from steppingstone.records import Tier
from steppingstone.tables import ROW_IDS, TIERS

FOLDER = Path(__file__).parent
ROWS_A_SLICE = 200_000


@dataclass(frozen=True, slots=True)
class Rules:
    """What a run's tables are held to: its settings, as far as they show in the tables.

    A problem has at least `least_attempts` attempts, which are fewer than `attempts` where they may stop early.
    """

    attempts: int
    least_attempts: int
    environments: tuple[str, ...] = ("abduction", "deduction", "fuzzing", "induction")
    thresholds: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one expectation came out. `level` is row, whose failing rows are quarantined, or table, which stops publishing."""

    name: str
    level: str
    column: str
    ok: bool
    checked: int
    unexpected: int
    row_ids: tuple[str, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """How a table came out of its suite, expectation by expectation."""

    suite: str
    table: str
    outcomes: tuple[Outcome, ...]

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """The table-level expectations that did not hold."""
        return tuple(outcome for outcome in self.outcomes if outcome.level == "table" and not outcome.ok)


def load_suite(name: str) -> dict[str, Any]:
    """A suite as its file says it, expectations in order."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


def check(draft: drafts.Folder, table: str, rules: Rules, rows_a_slice: int = ROWS_A_SLICE) -> GateResult:
    """Holds one table of a draft to its suite, in slices, so that memory does not grow with the table.

    Rows of one seed or one problem are in one slice, which is what uniqueness needs.
    """
    suite = load_suite("tiers" if table in TIERS else table)
    tiers = [Tier(table).value] if table in TIERS else []
    parameters = {
        "environments": rules.environments,
        "attempts": rules.attempts,
        "least_attempts": rules.least_attempts,
        "last_attempt": rules.attempts - 1,
        "tiers": tiers,
    }
    slices = max(1, -(-drafts.count_rows(draft, table) // rows_a_slice))
    with drafts.connect(draft) as tables:
        for name, value in asdict(rules.thresholds).items():
            tables.execute(f"SET VARIABLE {name} = {value}::DOUBLE")
        results = [_validate(suite, frame, parameters) for frame in _frames(tables, suite["name"], table, slices)]
    return GateResult(suite["name"], table, tuple(map(_merged, suite["expectations"], *results)))


def _frames(tables: "drafts.Connection", suite: str, table: str, slices: int) -> Iterator[Any]:
    """The projected columns as data frames, one a slice."""
    whose = "seed_id" if table == "seeds" else "problem_id"
    for number in range(slices):
        chosen = f"SELECT *, {ROW_IDS[table]} AS row_id FROM {table} WHERE hash({whose}) % {slices} = {number}"
        tables.execute(f"CREATE OR REPLACE TEMP VIEW checked AS {chosen}")
        yield tables.sql((FOLDER / f"{suite}.sql").read_text("utf-8")).df()


def _validate(suite: dict[str, Any], frame: Any, parameters: dict[str, Any]) -> list[Any]:
    """Great Expectations' results on one data frame, in the order of the suite."""
    context, source = _context(), uuid.uuid4().hex
    import great_expectations as gx

    form = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["row_id"],
        "return_unexpected_index_query": False,
    }
    asset = context.data_sources.add_pandas(source).add_dataframe_asset(suite["name"])
    try:
        batch = asset.add_batch_definition_whole_dataframe("slice").get_batch({"dataframe": frame})
        answer = batch.validate(gx.ExpectationSuite(**suite), expectation_parameters=parameters, result_format=form)
    finally:
        context.data_sources.delete(source)
    by_name = {result.expectation_config.meta["name"]: result for result in answer.results}
    return [by_name[expected["meta"]["name"]] for expected in suite["expectations"]]


@cache
def _context() -> Any:
    """A context in memory, one a process. Imported here because it takes seconds, and told first to send nothing anywhere."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    config = DataContextConfig(
        store_backend_defaults=stores, progress_bars=ProgressBarsConfig(globally=False), analytics_enabled=False
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _merged(expected: dict[str, Any], *results: Any) -> Outcome:
    """One expectation's outcome over all slices."""
    for result in results:
        _raise_if_not_evaluated(expected, result)
    asked, told = expected["kwargs"], [result.result for result in results]
    checked = sum(each.get("element_count", 0) - each.get("missing_count", 0) for each in told)
    unexpected = sum(each.get("unexpected_count", 0) for each in told)
    enough = (1 - asked["mostly"]) * checked if "mostly" in asked else None
    ok = all(result.success for result in results) if enough is None else unexpected <= enough
    row_ids = [str(found["row_id"]) for each in told for found in each.get("unexpected_index_list") or ()]
    column = asked.get("column") or ", ".join(asked[name] for name in ("column_A", "column_B") if name in asked)
    meta = expected["meta"]
    return Outcome(meta["name"], meta["level"], column, ok, checked, unexpected, tuple(row_ids), _seen(told, row_ids))


def _raise_if_not_evaluated(expected: dict[str, Any], result: Any) -> None:
    """A suite that asks for what there is not is a fault of ours, and no failing row."""
    if not result.result and not result.success:
        raise RuntimeError(f"{expected['meta']['name']} could not be evaluated: {result.exception_info}")


def _seen(told: Sequence[dict[str, Any]], row_ids: Sequence[str]) -> str:
    """What broke an expectation, in a few words."""
    observed = [str(each["observed_value"]) for each in told if "observed_value" in each]
    return ", ".join(observed or [*row_ids[:3], *(["…"] if len(row_ids) > 3 else [])])
