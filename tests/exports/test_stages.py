"""Training on one stage after another, with a trainer that only notes what it was asked."""

import os
import subprocess
from pathlib import Path

import pytest

from steppingstone.exports import stages

TRAINER = """#!/bin/sh
echo "$(basename "$1") from $2, $3" >> "$LOG"
[ ! -e "$LOG.stop" ] || [ "$(basename "$1")" != stage-1.txt ] || exit 7
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "trainer").write_text(TRAINER)
    (tmp_path / "trainer").chmod(0o755)
    command = ('mkdir -p "$run/$LEAVES" && "$here/trainer"', '"$data"', '"$model"')
    return stages.write_script(tmp_path / "train.sh", "a trainer", [0, 1, 2], "txt", command, '"$run/model"')


def run(script: Path, status: int, leaves: str = "model") -> list[str]:
    """What the trainer noted until the script ended with a status."""
    log = script.parent / "log"
    env = os.environ | {"MODEL": "base", "RUNS": "runs", "LOG": str(log), "LEAVES": leaves}
    assert subprocess.run([script, "x=1"], env=env, cwd=script.parent, stdout=subprocess.DEVNULL).returncode == status
    return log.read_text().splitlines()


def test_each_stage_starts_from_the_model_that_the_last_one_left(script: Path) -> None:
    assert run(script, 0) == [
        "stage-0.txt from base, x=1",
        "stage-1.txt from runs/stage-0/model, x=1",
        "stage-2.txt from runs/stage-1/model, x=1",
    ]


def test_after_a_stop_it_goes_on_with_the_stage_that_it_was_at(script: Path) -> None:
    (script.parent / "log.stop").touch()
    assert len(run(script, 7)) == 2
    (script.parent / "log.stop").unlink()
    assert run(script, 0)[2:] == ["stage-1.txt from runs/stage-0/model, x=1", "stage-2.txt from runs/stage-1/model, x=1"]


def test_no_stage_starts_from_a_model_that_is_not_there(script: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(script, 1, leaves="") == ["stage-0.txt from base, x=1"]
    assert "stage 0 left no model; remove runs/stage-0/done" in capfd.readouterr().err


def test_without_a_model_nothing_is_started(script: Path) -> None:
    done = subprocess.run([script], env={"PATH": os.environ["PATH"]}, cwd=script.parent, capture_output=True, text=True)
    assert done.returncode != 0
    assert "the model to start from" in done.stderr
