"""The command `python -m sql`."""

import csv
import io
import json
from pathlib import Path

import pytest

from sql import questions
from sql.__main__ import main
from steppingstone.versions import publish
from tests.drafts import make_draft


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


def test_a_query_of_ones_own_is_answered(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["SELECT count(*) AS n FROM attempts", "--data", data, "--format", "json"])
    assert json.loads(capsys.readouterr().out) == [{"n": 320}]


def test_without_a_dataset_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["yield_by_round", "--data", str(tmp_path)]) == 2
    assert "nothing is published" in capsys.readouterr().err
