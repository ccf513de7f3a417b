"""What the gates took out of a run is listed by one command."""

import json

import pytest
from prefect.logging import disable_run_logger

from expectations import Rules
from sql.__main__ import main
from steppingstone.versions import publish
from tasks.validate import validate
from tests.drafts import ATTEMPTS, Row, make_draft, problems


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data root in which a draft of two wrong problems is published."""
    root = tmp_path_factory.mktemp("data")
    rows = problems()
    rows[3] |= {"tier": "cosy"}
    rows[5] |= {"student_dollars": -1.0}
    draft = make_draft(root / "draft", problems=rows)
    with disable_run_logger():
        validate.fn(str(draft), Rules(ATTEMPTS, ATTEMPTS))
    publish(root, draft, "run-a", {})
    return str(root)


def answered(data: str, capsys: pytest.CaptureFixture[str], *parameters: str) -> list[Row]:
    assert main(["quarantined_rows", *parameters, "--data", data, "--format", "json"]) == 0
    return list(json.loads(capsys.readouterr().out))


def test_the_rows_that_failed_one_expectation_are_listed(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = answered(data, capsys, "expectation=dollars_are_counted_from_zero")
    name = f"{problems()[5]['problem_id']}/chain-1/2"
    assert (row["table"], row["column"], row["row_id"]) == ("problems", "fewest_dollars", name)


def test_rows_that_left_with_others_are_listed_too(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(answered(data, capsys, "table=problems")) == 3
    assert len(answered(data, capsys)) == 3 + 2 * ATTEMPTS
