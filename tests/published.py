"""What a data root's latest version holds, as far as it does not depend on when and where it was made."""

import json

from steppingstone.drafts import Folder, read_table
from steppingstone.tables import TABLES
from steppingstone.versions import latest

COMPARED = ("seeds", "problems", "attempts", "rejections", "easy", "medium", "hard")


def rows(data: Folder, table: str, tokens: bool = True) -> list[dict[str, object]]:
    """The rows of a published table in an order of their own, without the run's name and, unless `tokens`, their tokens."""
    version = latest(data)
    assert version is not None, f"nothing is published in {data}"
    named = [name for name in TABLES[table].names if name == "run_id" or (not tokens and name.endswith("_tokens"))]
    found = read_table(version.folder, table).drop_columns(named).to_pylist()
    return sorted(found, key=lambda row: json.dumps(row, sort_keys=True))


def differing(one: Folder, other: Folder, tokens: bool = True) -> list[str]:
    """The tables in which two data roots' latest versions differ in any row."""
    return [table for table in COMPARED if rows(one, table, tokens) != rows(other, table, tokens)]
