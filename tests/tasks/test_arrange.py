"""Arrange, under a real Prefect server: what a curriculum is short of is told, and stands in an artifact."""

import json
from pathlib import Path

import pytest
from prefect import flow
from prefect.artifacts import Artifact
from prefect.testing.utilities import prefect_test_harness

from steppingstone.curricula import Arranged
from steppingstone.settings import CurriculumSettings, TargetSettings
from steppingstone.tiers import write_tiers
from tasks.arrange import arrange
from tests.drafts import make_draft

WANTED = {
    "easy_first": CurriculumSettings(kind="easy-to-hard"),
    "mix": CurriculumSettings(budgets={"real": TargetSettings(total=3), "synthetic": TargetSettings(total=12)}),
}


@flow
def arranging(dataset: str) -> tuple[Arranged, ...]:
    return arrange(dataset, WANTED, 0)


def test_a_shortage_is_said_where_people_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiers(make_draft(tmp_path), {})
    with prefect_test_harness():
        arranged = arranging(str(tmp_path))
        shown = Artifact.get("curricula")
    told = capsys.readouterr().err
    assert "Curricula: easy_first 30, mix 12" in told
    assert "Curriculum mix is short: 3 problems of real wanted, 0 there" in told
    assert [each.rows for each in arranged] == [30, 12]
    assert shown is not None
    assert [row["short"] for row in json.loads(str(shown.data))] == ["", "3 problems of real wanted, 0 there"]
