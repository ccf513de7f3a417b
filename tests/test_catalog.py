"""The catalog: views over the latest version, from any directory and wherever the data root stands."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steppingstone.catalog import open_catalog, write_catalog
from steppingstone.errors import BadInput
from steppingstone.tables import TABLES
from steppingstone.versions import latest, publish
from tests.drafts import make_draft, problems, seeds

if TYPE_CHECKING:
    from steppingstone.drafts import Connection

AWKWARD = "it's [data] *1/version=8"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data root whose name is as awkward as names get, with one version of five seeds."""
    root = tmp_path / AWKWARD
    publish(root, make_draft(root / "runs" / "a" / "draft"), "a", {})
    write_catalog(root)
    return root


def add_version(root: Path, run_id: str, rows: int) -> None:
    """A version of so many seeds, and as many problems."""
    draft = make_draft(root / "runs" / run_id / "draft", seeds=seeds()[:rows], problems=problems()[:rows])
    publish(root, draft, run_id, {})
    write_catalog(root)


def give_curriculum(root: Path, name: str) -> None:
    """Puts a curriculum of two rows into the latest version, as a draft's would stand there."""
    version = latest(root)
    assert version is not None
    (version.folder / "curricula").mkdir()
    pq.write_table(pa.table({"curriculum_rank": [0, 1]}), version.folder / "curricula" / f"{name}.parquet")
    write_catalog(root)


def rows_of(tables: "Connection", table: str = "seeds") -> int:
    return len(tables.execute(f"FROM {table}").fetchall())


def problems_by_version(tables: "Connection") -> list[tuple[int, int]]:
    return tables.execute("SELECT version, count(*) FROM version_problems GROUP BY ALL ORDER BY ALL").fetchall()


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


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second has a curriculum."""
    root = tmp_path_factory.mktemp("data") / AWKWARD
    add_version(root, "a", 5)
    add_version(root, "b", 3)
    give_curriculum(root, "medium-first")
    return root


@pytest.fixture(params=["open_catalog", "catalog.duckdb", "views.sql"])
def tables(two_versions: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Connection]":
    """Two versions, opened in each of the three ways, from another directory."""
    monkeypatch.chdir("/")
    with (
        open_catalog(two_versions)
        if request.param == "open_catalog"
        else plain_client(two_versions / "catalog.duckdb", views=request.param == "views.sql")
    ) as opened:
        yield opened


def test_every_version_is_listed_with_its_row_counts(tables: "Connection") -> None:
    listed = tables.execute("SELECT version, kind, parent, run_id, seeds, problems, student_models FROM versions ORDER BY 1")
    assert listed.fetchall() == [(1, "nightly", None, "a", 5, 5, ["student"]), (2, "nightly", 1, "b", 3, 3, ["student"])]


def test_a_version_says_when_it_was_made_and_by_what_settings(tables: "Connection") -> None:
    created, settings = tables.execute("SELECT created, settings FROM versions").fetchall()[0]
    assert isinstance(created, datetime)
    assert settings == "{}"


def test_every_versions_problems_are_there_with_its_number(tables: "Connection") -> None:
    assert problems_by_version(tables) == [(1, 5), (2, 3)]
    assert tables.sql("FROM version_problems").columns == ["version", *TABLES["problems"].names]


def test_a_curriculum_is_a_view(tables: "Connection") -> None:
    assert tables.execute("FROM curriculum_medium_first").fetchall() == [(0,), (1,)]


def test_a_version_that_came_later_is_not_seen_by_those_who_opened_before(root: Path) -> None:
    with open_catalog(root) as first, plain_client(root / "catalog.duckdb") as second:
        add_version(root, "b", 3)
        assert problems_by_version(first) == problems_by_version(second) == [(1, 40)]


def test_a_version_that_was_removed_is_missed_and_nothing_else(root: Path) -> None:
    add_version(root, "b", 3)
    with plain_client(root / "catalog.duckdb", views=False) as opened:
        shutil.rmtree(root / "versions" / "v=00001")
        assert problems_by_version(opened) == [(2, 3)]


@pytest.mark.parametrize("earlier", [0, 1])
def test_what_a_killed_publisher_left_is_no_version(tmp_path: Path, earlier: int) -> None:
    for number in range(earlier):
        add_version(tmp_path, f"earlier-{number}", 5)
    pointer = tmp_path / "latest.json"
    before = pointer.read_bytes() if earlier else None
    add_version(tmp_path, "killed", 4)
    pointer.unlink() if before is None else pointer.write_bytes(before)
    add_version(tmp_path, "next", 3)
    there = [(1, 5), (3, 3)] if earlier else [(2, 3)]
    with open_catalog(tmp_path) as first, plain_client(tmp_path / "catalog.duckdb") as second:
        for tables in (first, second):
            assert tables.execute("SELECT version, problems FROM versions ORDER BY 1").fetchall() == there
            assert problems_by_version(tables) == there


@pytest.mark.parametrize("changed", ["one column less", "one column more"])
def test_a_version_of_an_older_schema_has_nulls_for_what_it_lacks(root: Path, changed: str) -> None:
    path = root / "versions" / "v=00001" / "problems.parquet"
    old = pq.ParquetFile(path).read()
    old = old.drop_columns(["straddles"]) if changed == "one column less" else old.append_column("colour", [["red"] * 40])
    path.unlink()
    pq.write_table(old, path)
    add_version(root, "b", 3)
    with open_catalog(root) as opened:
        (first, second) = opened.execute(
            "SELECT count(straddles) FROM version_problems GROUP BY version ORDER BY version"
        ).fetchall()
        assert opened.sql("FROM version_problems").columns == ["version", *TABLES["problems"].names]
    assert (first, second) == ((0 if changed == "one column less" else 40,), (3,))


@pytest.mark.parametrize("use", [open_catalog, write_catalog])
def test_before_the_first_version_there_is_one_clear_error(tmp_path: Path, use: object) -> None:
    assert callable(use)
    with pytest.raises(BadInput, match="nothing is published"):
        use(tmp_path)
