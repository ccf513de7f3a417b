"""Runs Great Expectations over slices of a table, and adds up what it says."""

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import pyarrow as pa

from expectations.results import Outcome

SHOWN = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What one slice came to under one expectation."""

    ok: bool
    checked: int
    unexpected: int
    row_ids: pa.ChunkedArray
    seen: tuple[str, ...]
    observed: str


def evaluate(
    suite: str, expected: Sequence[dict[str, Any]], frames: Iterable[pa.Table], parameters: Mapping[str, object]
) -> tuple[Outcome, ...]:
    """The outcome of each expectation over all frames; their column `row_id` names the rows and is no concern of the suite."""
    parts = [_parts(suite, expected, frame, parameters) for frame in frames]
    return tuple(map(_merged, expected, *parts))


def _parts(suite: str, expected: Sequence[dict[str, Any]], table: pa.Table, parameters: Mapping[str, object]) -> list[_Part]:
    # Great Expectations hashes and copies each column of a frame that it is given, so the names stay outside.
    row_ids, frame = table["row_id"], table.drop_columns("row_id").to_pandas()
    results = _validate(suite, expected, frame, parameters)
    return [_part(each, result, row_ids) for each, result in zip(expected, results, strict=True)]


def _validate(suite: str, expected: Sequence[dict[str, Any]], frame: Any, parameters: Mapping[str, object]) -> list[Any]:
    """Great Expectations' results on one data frame, in the order of the suite."""
    context, source = _context(), uuid.uuid4().hex
    import great_expectations as gx

    form = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
    asset = context.data_sources.add_pandas(source).add_dataframe_asset(suite)
    asked = gx.ExpectationSuite(name=suite, expectations=list(expected))
    try:
        batch = asset.add_batch_definition_whole_dataframe("slice").get_batch({"dataframe": frame})
        answer = batch.validate(asked, expectation_parameters=dict(parameters), result_format=form)
    finally:
        context.data_sources.delete(source)
    by_name = {result.expectation_config.meta["name"]: result for result in answer.results}
    return [by_name[each["meta"]["name"]] for each in expected]


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


def _part(expected: Mapping[str, Any], result: Any, row_ids: pa.ChunkedArray) -> _Part:
    told = result.result
    if not told and not result.success:
        # A suite that asks for what there is not is a fault of ours, and no failing row.
        raise RuntimeError(f"{expected['meta']['name']} could not be evaluated: {result.exception_info}")
    failing = row_ids.take(pa.array(told.get("unexpected_index_list") or [], pa.int64()))
    return _Part(
        ok=bool(result.success),
        checked=told.get("element_count", 0) - told.get("missing_count", 0),
        unexpected=told.get("unexpected_count", 0),
        row_ids=failing,
        seen=tuple(_shown(failing, told.get("unexpected_list") or ())),
        observed=str(told.get("observed_value", "")),
    )


def _shown(failing: pa.ChunkedArray, values: Sequence[object]) -> Iterator[str]:
    """The first rows that fail, with what stood there; that a condition does not hold says its name already."""
    for name, value in islice(zip(failing, values, strict=False), SHOWN):
        yield str(name) if str(value) in ("True", "False") else f"{name} ({_text(value)})"


def _text(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _merged(expected: Mapping[str, Any], *parts: _Part) -> Outcome:
    """One expectation's outcome over all slices."""
    asked, meta = expected["kwargs"], expected["meta"]
    checked, unexpected = sum(part.checked for part in parts), sum(part.unexpected for part in parts)
    enough = (1 - asked["mostly"]) * checked if "mostly" in asked else None
    ok = all(part.ok for part in parts) if enough is None else unexpected <= enough
    row_ids = pa.chunked_array([chunk for part in parts for chunk in part.row_ids.chunks], pa.string())
    column = asked.get("column") or ", ".join(asked[name] for name in ("column_A", "column_B") if name in asked)
    observed = [part.observed for part in parts if part.observed]
    seen = [shown for part in parts for shown in part.seen][:SHOWN] + (["…"] if unexpected > SHOWN else [])
    return Outcome(meta["name"], meta["level"], column, ok, checked, unexpected, row_ids, ", ".join(observed or seen))
