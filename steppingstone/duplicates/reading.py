"""Problems of tables as what they are compared by."""

from collections.abc import Iterator
from dataclasses import dataclass

from steppingstone import drafts, versions
from steppingstone.duplicates.distinct import Traits

ROWS = """
SELECT problem_id, chain_id, round, environment, content_hash AS content, code, inputs, behaviour,
    CASE WHEN tests = '' THEN '' ELSE statement END AS statement
FROM problems
"""
IN_ORDER = " WHERE environment = ? ORDER BY chain_number, round, chain_id, problem_id"
PUBLISHED = " WHERE environment = ?"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands: in this run, or, if `version` is not None, in that published version."""

    problem_id: str
    chain_id: str
    round: int
    version: int | None = None


def of_draft(tables: "drafts.Connection", environment: str) -> Iterator[tuple[Traits, Place]]:
    """A draft's problems in the order in which the first of several stays: by chain, then by round."""
    return _rows(tables, ROWS + IN_ORDER, [environment], None)


def of_latest(data_root: drafts.Folder, environment: str) -> Iterator[tuple[Traits, Place]]:
    """The problems of the latest version, which holds those of all before it."""
    if version := versions.latest(data_root):
        with drafts.connect(version.folder) as tables:
            yield from _rows(tables, ROWS + PUBLISHED, [environment], version.number)


def _rows(tables: "drafts.Connection", query: str, given: list[object], version: int | None) -> Iterator[tuple[Traits, Place]]:
    for batch in tables.sql(query, params=given).to_arrow_reader(drafts.ROWS_A_BATCH):
        for row in batch.to_pylist():
            place = Place(row.pop("problem_id"), row.pop("chain_id"), row.pop("round"), version)
            yield Traits(**row), place
