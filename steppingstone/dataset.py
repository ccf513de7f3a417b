"""The dataset that a run publishes: the latest version's rows, and those that the run's draft adds to them."""

from dataclasses import dataclass
from pathlib import Path

from steppingstone import drafts, versions
from steppingstone.tables import TABLES

KEYS = {"seeds": "seed_id", "rejections": "(rejection_id, reason, md5(reply))", "quarantine": '("table", row_id, expectation)'}
"""Of these tables a row that stands in the latest version already is not added again. A draft's problems are new: what stands
in an earlier version is a duplicate. A chain that is run again under other settings may have another reply turned away."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder of tables to be published. It adds `added` problems to version `base`, or changes them; 0 if there is none."""

    folder: str
    base: int
    added: int


def combine(draft: drafts.Folder, data_root: drafts.Folder) -> Dataset:
    """Writes the latest version's rows with the draft's after them into a folder beside the draft; row group by row group."""
    base, folder = versions.latest(data_root), Path(draft).parent / "dataset"
    parts = [base.folder, Path(draft)] if base else [Path(draft)]
    for table in TABLES:
        if table in KEYS and base:
            _add_new(folder, table, base.folder, Path(draft))
        else:
            drafts.merge(folder, table, parts)
    return Dataset(str(folder), base.number if base else 0, drafts.count_rows(draft, "problems"))


def _add_new(folder: Path, table: str, base: Path, draft: Path) -> None:
    with drafts.connect(draft) as tables:
        old = drafts.select_from(drafts.quoted(drafts.glob_safe(str(drafts.table_path(base, table).absolute()))))
        new = f"FROM {table} WHERE {KEYS[table]} NOT IN (SELECT {KEYS[table]} FROM ({old}))"
        drafts.rewrite(tables, folder, table, f"({old}) UNION ALL BY NAME ({new})")
