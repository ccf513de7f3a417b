"""The flow that trains, as far as it goes without a trainer; tests/real_trainers has the rest."""

from pathlib import Path

from tests.flows.running import finished


def test_what_can_not_be_trained_is_said_at_once_and_starts_nothing(tmp_path: Path) -> None:
    run = finished(tmp_path / "data", "--train.model", "/no/such/model", flow="train")
    assert run.code == 2
    assert run.printed.startswith("Bad input: 3 things have to be mended first:\n- curriculum: nothing is published in")
    assert "\n- policy: train.model '/no/such/model' is no folder that is there" in run.printed
    assert "\n- trainer: train.python" in run.printed
    assert not (tmp_path / "data").exists()
