"""Problems that are held out: they stand in no curriculum, and are what the benchmark `own` is of."""

from pathlib import Path

import pytest

from steppingstone.drafts import connect, read_table
from steppingstone.errors import BadInput
from steppingstone.evaluation.posing import write_posed
from steppingstone.holdout import is_held_out
from steppingstone.sandbox import Sandbox
from steppingstone.settings import Settings
from tests.published import rows
from tests.publishing import publish_one_of_each


def own(root: Path) -> Settings:
    return Settings.model_validate({"data_root": str(root), "evaluate": {"benchmarks": ["own"]}})


def test_what_is_held_out_is_posed_and_stands_in_no_curriculum(tmp_path: Path, sandbox: Sandbox) -> None:
    version = publish_one_of_each(tmp_path, sandbox, held_out=1.0)
    write_posed(tmp_path / "chosen", own(tmp_path))
    posed = read_table(tmp_path / "chosen", "posed").to_pylist()
    problems = {row["problem_id"]: row for row in rows(tmp_path, "problems")}
    assert {row["environment"] for row in posed} == {row["environment"] for row in problems.values()} - {"real"}
    assert all(row["segments"] == [row["environment"], "medium"] for row in posed)
    import pyarrow.parquet as pq

    trained = pq.read_table(version.folder / "curricula" / "mixed.parquet").to_pylist()
    assert [row["environment"] for row in trained] == ["real"]


def test_a_share_of_the_seeds_is_held_out_and_a_larger_one_holds_out_the_same_too(tmp_path: Path) -> None:
    with connect(tmp_path) as tables:
        tables.execute(
            "CREATE TEMP TABLE many AS SELECT 'seed-' || range AS seed_id, 'induction' AS environment FROM range(5000)"
        )
        held = [
            {seed for (seed,) in tables.sql(f"SELECT seed_id FROM many WHERE {is_held_out(share)}").fetchall()}
            for share in (0, 0.05, 0.2, 1)
        ]
    none, few, more, all_ = held
    assert not none
    assert len(all_) == 5000
    assert few < more
    assert 200 < len(few) < 300


def test_without_anything_held_out_it_is_said_what_to_set(tmp_path: Path, sandbox: Sandbox) -> None:
    publish_one_of_each(tmp_path, sandbox)
    with pytest.raises(BadInput, match="own: version 1 holds nothing out of its curricula; set held_out"):
        write_posed(tmp_path / "chosen", own(tmp_path))
