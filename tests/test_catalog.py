"""The catalog: views over the latest version, from any directory and wherever the data root stands."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from steppingstone.catalog import open_catalog, write_catalog
from steppingstone.errors import BadInput
from steppingstone.tables import TABLES
from steppingstone.versions import publish
from tests.drafts import make_draft, seeds

if TYPE_CHECKING:
    from steppingstone.drafts import Connection

AWKWARD = "it's [data] *1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data root whose name is as awkward as names get, with one version of five seeds."""
    root = tmp_path / AWKWARD
    publish(root, make_draft(root / "runs" / "a" / "draft"), "a", {})
    write_catalog(root)
    return root


def add_version(root: Path, run_id: str, rows: int) -> None:
    publish(root, make_draft(root / "runs" / run_id / "draft", seeds=seeds()[:rows]), run_id, {})
    write_catalog(root)


def rows_of(tables: "Connection", table: str = "seeds") -> int:
    return len(tables.execute(f"FROM {table}").fetchall())


def plain_client(catalog: Path, views: bool = True) -> "Connection":
    """What someone has who opens the file, and reads `views.sql` or not, in a DuckDB client."""
    import duckdb

    client = duckdb.connect(str(catalog), read_only=True)
    if views:
        client.execute((catalog.parent / "views.sql").read_text())
    return client


@pytest.mark.parametrize("table", TABLES)
def test_there_is_a_view_of_every_table(root: Path, table: str) -> None:
    with open_catalog(root) as tables:
        assert tables.execute(f"FROM {table}").description


@pytest.mark.parametrize("views", [True, False])
def test_a_plain_client_reads_it_from_any_directory(root: Path, monkeypatch: pytest.MonkeyPatch, views: bool) -> None:
    monkeypatch.chdir("/")
    with plain_client(root / "catalog.duckdb", views) as tables:
        assert rows_of(tables, "attempts") == 320


def test_it_opens_after_the_data_root_was_moved(root: Path, tmp_path: Path) -> None:
    moved = root.rename(tmp_path / "moved")
    with open_catalog(moved) as tables:
        assert rows_of(tables) == 5


def test_a_plain_client_finds_a_moved_data_root_by_views_sql(root: Path, tmp_path: Path) -> None:
    moved = root.rename(tmp_path / "moved [2]")
    with plain_client(moved / "catalog.duckdb") as tables:
        assert rows_of(tables) == 5


def test_views_sql_serves_a_client_without_the_catalog(root: Path) -> None:
    import duckdb

    with duckdb.connect() as tables:
        tables.execute((root / "views.sql").read_text())
        assert rows_of(tables) == 5


def test_it_follows_the_next_version(root: Path) -> None:
    add_version(root, "b", 3)
    with open_catalog(root) as tables, plain_client(root / "catalog.duckdb", views=False) as client:
        assert (rows_of(tables), rows_of(client)) == (3, 3)


def test_views_sql_looks_at_the_latest_even_if_its_catalog_is_older(root: Path) -> None:
    publish(root, make_draft(root / "runs" / "b" / "draft", seeds=seeds()[:3]), "b", {})
    with plain_client(root / "catalog.duckdb") as tables:
        assert rows_of(tables) == 3


def test_an_older_version_can_be_looked_at(root: Path) -> None:
    add_version(root, "b", 3)
    with plain_client(root / "catalog.duckdb") as tables:
        tables.execute("SET VARIABLE dataset = getvariable('data_root') || '/versions/v=00001'")
        assert rows_of(tables) == 5


def test_readers_stay_on_their_version_while_the_next_is_published(root: Path) -> None:
    with open_catalog(root) as first, plain_client(root / "catalog.duckdb") as second:
        add_version(root, "b", 3)
        assert (rows_of(first), rows_of(second)) == (5, 5)


def test_a_writing_client_does_not_stop_readers(root: Path) -> None:
    import duckdb

    with duckdb.connect(str(root / "catalog.duckdb")), open_catalog(root) as tables:
        assert rows_of(tables) == 5


def test_the_path_adds_no_column(root: Path) -> None:
    with open_catalog(root) as tables:
        assert tables.sql("FROM problems").columns == TABLES["problems"].names


@pytest.mark.parametrize("use", [open_catalog, write_catalog])
def test_before_the_first_version_there_is_one_clear_error(tmp_path: Path, use: object) -> None:
    assert callable(use)
    with pytest.raises(BadInput, match="nothing is published"):
        use(tmp_path)
