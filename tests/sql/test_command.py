"""The command `python -m sql`."""

import csv
import io
import json
from pathlib import Path

import pytest

from sql import ask, questions
from sql.__main__ import main
from steppingstone.catalog import open_catalog
from steppingstone.versions import publish
from tests.drafts import make_draft
from tests.sql.history import make_history


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("data")
    publish(root, make_draft(root / "draft"), "run-a", {})
    return str(root)


def test_without_a_question_it_lists_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in questions())


def test_an_unknown_question_is_answered_by_the_list(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nope", "--data", data]) == 2
    assert "yield_by_round" in capsys.readouterr().err


def test_an_answer_is_a_table(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["yield_by_round", "--data", data]) == 0
    assert "kept" in capsys.readouterr().out


def test_an_answer_is_json(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["yield_by_round", "--data", data, "--format", "json"])
    assert json.loads(capsys.readouterr().out)[0]["valid"] == 10


def test_an_answer_is_csv(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["chain_story", "chain=chain-3", "--data", data, "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["chain_id"] for row in rows] == ["chain-3"] * 5


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_history(tmp_path_factory.mktemp("history"))


@pytest.mark.parametrize("name", questions())
def test_every_answer_has_the_same_rows_as_json_and_as_csv(
    history: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_catalog(history) as tables:
        answer = ask(tables, name)
    assert main([name, "--data", str(history), "--format", "json"]) == 0
    assert [tuple(row) for row in json.loads(capsys.readouterr().out)] == [answer.columns] * len(answer.rows)
    assert main([name, "--data", str(history), "--format", "csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [[*answer.columns], *([("" if value is None else str(value)) for value in row] for row in answer.rows)]


def test_numbers_are_numbers_in_json(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["runs", "--data", str(history), "--format", "json"])
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["version"], first["mean_p"], first["tokens"], first["dollars"]) == (1, 0.917, 4650, 0.38)


def test_parameters_may_have_names_that_sql_reserves(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quarantined_rows", "table=attempts", "--data", str(history), "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_a_parameter_of_the_wrong_kind_says_so(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["widest_chains", "top=many", "--data", str(history)]) == 2
    assert "'many'" in capsys.readouterr().err


def test_a_query_of_ones_own_is_answered(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["SELECT count(*) AS n FROM attempts", "--data", data, "--format", "json"])
    assert json.loads(capsys.readouterr().out) == [{"n": 320}]


def test_without_a_dataset_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["yield_by_round", "--data", str(tmp_path)]) == 2
    assert "nothing is published" in capsys.readouterr().err
