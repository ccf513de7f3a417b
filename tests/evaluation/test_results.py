"""The tables of all evaluations, their plot, and the question to them."""

from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq

from sql import ask
from steppingstone.catalog import open_catalog, write_catalog
from steppingstone.drafts import Row, write_rows
from steppingstone.evaluation.curves import curves
from steppingstone.evaluation.results import write_results
from steppingstone.versions import publish
from tests.drafts import make_draft


def evaluated(label: str, step: int, benchmark: str, solved: int, name: str = "a") -> Row:
    texts = dict.fromkeys(("run_id", "prompts_hash", "model", "revision", "reasoning_effort"), "")
    numbers = dict.fromkeys(("max_tokens", "random_seed", "prompt_tokens", "completion_tokens"), 0)
    lists = {"segments": ["easy"], "verdicts": ["solved"] * solved, "details": [], "answers": []}
    told = {"label": label, "step": step, "benchmark": benchmark, "name": name, "problem_id": name}
    return told | texts | numbers | lists | {"temperature": 0.6, "top_p": 0.95, "samples": 4, "graded": 4, "solved": solved}


def record(root: Path, *rows: Row) -> None:
    write_rows(root / "draft", "evaluated", rows)
    write_results(root / "draft", str(root), [1])


def told(root: Path, **chosen: str) -> list[tuple[object, ...]]:
    """Label, step, benchmark, segment and value, as the question tells them."""
    with open_catalog(root) as tables:
        answer = ask(tables, "evaluations", chosen)
    places = [answer.columns.index(name) for name in ("label", "step", "benchmark", "segment", "value")]
    return [tuple(row[place] for place in places) for row in answer.rows]


def test_several_steps_and_models_are_one_table(tmp_path: Path) -> None:
    record(tmp_path, evaluated("p/q é", 0, "mbpp", 1))
    record(tmp_path, evaluated("p/q é", 100, "mbpp", 2), evaluated("p/q é", 100, "aime24", 4))
    record(tmp_path, evaluated("other", 100, "mbpp", 3))
    assert [row for row in told(tmp_path, benchmark="mbpp") if row[3] == "all"] == [
        ("other", 100, "mbpp", "all", 0.75),
        ("p/q é", 0, "mbpp", "all", 0.25),
        ("p/q é", 100, "mbpp", "all", 0.5),
    ]
    assert len(told(tmp_path, label="p/q é", step="100")) == 4
    # Any reader of Parquet takes the folder for one table.
    assert pq.read_table(tmp_path / "evaluations" / "metrics").num_rows == 8


def test_the_same_again_takes_the_place_of_its_rows_and_of_no_others(tmp_path: Path) -> None:
    record(tmp_path, evaluated("m", 5, "mbpp", 1), evaluated("m", 5, "mbpp", 1, "b"), evaluated("m", 5, "aime24", 1))
    record(tmp_path, evaluated("m", 5, "mbpp", 4))
    assert [row[2:] for row in told(tmp_path) if row[3] == "all"] == [("aime24", "all", 0.25), ("mbpp", "all", 1.0)]
    assert pq.read_table(tmp_path / "evaluations" / "evaluated").num_rows == 2


def test_labels_that_look_alike_in_a_files_name_are_two(tmp_path: Path) -> None:
    record(tmp_path, evaluated("a/b", 0, "mbpp", 1))
    record(tmp_path, evaluated("a:b", 0, "mbpp", 2))
    assert {row[0] for row in told(tmp_path)} == {"a/b", "a:b"}


def test_a_dataset_without_evaluations_answers_with_no_rows_and_its_catalog_tells_later_ones(tmp_path: Path) -> None:
    import duckdb

    publish(tmp_path, make_draft(tmp_path / "made"), "run", {})
    assert told(tmp_path) == []
    record(tmp_path, evaluated("m", 5, "mbpp", 1))
    assert len(told(tmp_path)) == 2
    with duckdb.connect(write_catalog(tmp_path), read_only=True) as catalog:
        assert catalog.sql("SELECT count(*) FROM evaluated_problems").fetchall() == [(1,)]


def test_a_panel_is_a_metric_and_a_line_a_model(tmp_path: Path) -> None:
    record(tmp_path, *(evaluated(label, step, "mbpp", step) for label in ("one", "<two>") for step in (1, 2, 4)))
    with open_catalog(tmp_path) as tables:
        answer = ask(tables, "FROM evaluations")
    picture = curves(dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
    drawn = ElementTree.fromstring(picture)
    texts = ["".join(each.itertext()) for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"mbpp: pass@1", "mbpp, easy: pass@1", "one", "<two>", "training step"} <= set(texts)
    lines = [each.get("points", "").split() for each in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(points) for points in lines] == [3] * 4
    heights = [[float(point.partition(",")[2]) for point in points] for points in lines]
    assert all(points == sorted(points, reverse=True) for points in heights)
