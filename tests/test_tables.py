"""Drafts: tables are written as declared, merged and read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steppingstone import drafts
from steppingstone.errors import BadInput, TableMismatch
from steppingstone.tables import TABLES
from tests.drafts import Row, attempts, make_draft, problems, seeds


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return make_draft(tmp_path / "draft")


@pytest.mark.parametrize("table", ["seeds", "problems", "attempts", "rejections"])
def test_a_file_has_the_declared_schema(draft: Path, table: str) -> None:
    assert pq.read_schema(drafts.table_path(draft, table)).equals(TABLES[table])


def test_rows_come_back_as_they_were_written(draft: Path) -> None:
    assert drafts.read_table(draft, "seeds").to_pylist() == seeds()


@pytest.mark.parametrize("wanted", [range(320), range(0), range(35, 36), range(8, 250), range(300, 320)])
def test_successive_rows_are_read_whatever_row_groups_they_stand_in(
    draft: Path, wanted: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "ROWS_A_BATCH", 30)
    monkeypatch.setattr(drafts, "BYTES_A_ROW_GROUP", 1)
    drafts.write_rows(draft, "attempts", attempts(problems()))
    assert pq.read_metadata(drafts.table_path(draft, "attempts")).num_row_groups == 11
    read = drafts.read_rows(draft, "attempts", wanted, ["problem_id", "attempt"])
    rows = attempts(problems())[wanted.start : wanted.stop]
    assert read == [{"problem_id": row["problem_id"], "attempt": row["attempt"]} for row in rows]


def test_rows_are_found_by_their_problems_in_whatever_row_groups(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "ROWS_A_BATCH", 30)
    monkeypatch.setattr(drafts, "BYTES_A_ROW_GROUP", 1)
    drafts.write_rows(draft, "attempts", attempts(problems()))
    names = {str(problems()[at]["problem_id"]) for at in (0, 3, 39)}
    found = drafts.find_rows(draft, "attempts", {*names, "none"}, ["attempt", "problem_id"])
    rows = [row for row in attempts(problems()) if row["problem_id"] in names]
    assert found == [{"attempt": row["attempt"], "problem_id": row["problem_id"]} for row in rows]


def test_files_are_compressed_by_zstd(draft: Path) -> None:
    footer = pq.read_metadata(drafts.table_path(draft, "attempts"))
    assert footer.row_group(0).column(0).compression == "ZSTD"


def test_what_may_be_null_and_is_not_given_is_null(draft: Path) -> None:
    assert drafts.read_table(draft, "problems")["parent_id"].null_count == 10


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("round", "1"),
        ("round", 1.5),
        ("round", True),
        ("statement", 7),
        ("statement", b"bytes"),
        ("statement", "a lone surrogate \ud800"),
        ("inputs", "a text is no list"),
        ("inputs", [1]),
        ("pass_rate", "0.5"),
        ("tier", None),
        ("pass_count", 2**70),
    ],
)
def test_a_value_that_does_not_fit_names_its_column(tmp_path: Path, column: str, value: object) -> None:
    with pytest.raises(TableMismatch, match=rf"problems\.{column}"):
        drafts.write_rows(tmp_path, "problems", [*problems()[:3], problems()[3] | {column: value}])


def test_a_column_that_is_not_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableMismatch, match="colour"):
        drafts.write_rows(tmp_path, "seeds", [seeds()[0] | {"colour": "red"}])


def test_a_failed_write_leaves_the_old_table_and_no_litter(draft: Path) -> None:
    before = sorted(draft.iterdir())
    with pytest.raises(TableMismatch):
        drafts.write_rows(draft, "seeds", [seeds()[0] | {"lines": "many"}])
    assert drafts.count_rows(draft, "seeds") == 5
    assert sorted(draft.iterdir()) == before


def test_batches_are_merged_in_order(tmp_path: Path) -> None:
    rows = problems()
    for number in range(4):
        drafts.write_rows(tmp_path / f"batch-{number}", "problems", rows[number * 10 : number * 10 + 10])
    assert drafts.merge(tmp_path, "problems", [tmp_path / f"batch-{number}" for number in range(4)]) == 40
    assert drafts.read_table(tmp_path, "problems")["problem_id"].to_pylist() == [row["problem_id"] for row in rows]


def test_a_batch_without_the_table_is_passed_over(draft: Path, tmp_path: Path) -> None:
    assert drafts.merge(tmp_path, "seeds", [tmp_path / "nothing", draft]) == 5


def test_a_table_of_no_batches_is_empty_and_has_its_schema(tmp_path: Path) -> None:
    assert drafts.merge(tmp_path, "attempts", []) == 0
    assert drafts.read_table(tmp_path, "attempts").schema.equals(TABLES["attempts"])


def test_large_tables_are_written_in_row_groups_of_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "BYTES_A_ROW_GROUP", 1_000_000)
    # What the engine gives has other nullability than declared, and arrives in batches of its own size.
    with drafts.connect(make_draft(tmp_path / "draft")) as tables:
        many = "SELECT * REPLACE (attempt + 8 * n AS attempt) FROM attempts, range(100) AS times(n)"
        assert drafts.rewrite(tables, tmp_path, "attempts", many) == 32_000
    footer = pq.read_metadata(drafts.table_path(tmp_path, "attempts"))
    assert footer.num_row_groups > 2


def test_an_unknown_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="problms"):
        drafts.read_table(tmp_path, "problms")


def test_a_missing_table_is_empty(tmp_path: Path) -> None:
    with drafts.connect(tmp_path) as tables:
        assert tables.sql("SELECT count(*) FROM easy").fetchall() == [(0,)]


def test_a_batch_with_a_missing_column_is_refused(tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_pydict({"seed_id": ["a"]})
    with pytest.raises(TableMismatch, match="seeds"):
        drafts.write_batches(tmp_path, "seeds", [batch])


def test_the_factory_makes_eight_attempts_a_problem() -> None:
    rows: list[Row] = attempts(problems())
    assert len(rows) == 320
