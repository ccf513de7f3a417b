"""The trainers themselves. `make test-trainers` makes an environment for each and names their folder; without that nothing
here is collected.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steppingstone.drafts import read_table
from steppingstone.exports.__main__ import export
from steppingstone.sandbox import Sandbox
from steppingstone.versions import Version
from tests.publishing import publish_one_of_each

ROOT = Path(__file__).resolve().parents[2]
TRAINERS = os.environ.get("TRAINERS", "")
VARIANTS = 25
QUIET = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "OMP_NUM_THREADS": "1", "WANDB_MODE": "disabled", "PYTHONPATH": str(ROOT)}

collect_ignore_glob = [] if TRAINERS else ["test_*.py"]

Told = dict[str, Any]


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Version:
    return publish_one_of_each(tmp_path_factory.mktemp("data"), sandbox, VARIANTS)


@pytest.fixture(scope="session")
def attempts(version: Version) -> list[Told]:
    """More than 500 attempts, of both rewards in each environment, as they were graded when the data was made."""
    found: list[Told] = read_table(version.folder, "attempts").to_pylist()
    assert len(found) > 500
    assert len({(row["environment"], row["reward"]) for row in found}) == 10
    return found


@pytest.fixture(scope="session")
def ask(version: Version, attempts: list[Told], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Told]:
    """What a script of this folder prints as JSON, run by a trainer's Python with the trainer's export and the attempts."""

    def ask(trainer: str, environment: str, script: str, *more: str, prepare: Callable[[Path], None] = lambda _: None) -> Told:
        folder = tmp_path_factory.mktemp(trainer)
        export(trainer, version.folder, "curriculum_mixed", folder / "out")
        prepare(folder / "out")
        (folder / "attempts.json").write_text(json.dumps([[row["problem_id"], row["completion"]] for row in attempts]))
        python = str(Path(TRAINERS) / environment / "bin" / "python")
        command = [
            python,
            str(ROOT / "tests" / "real_trainers" / script),
            str(folder / "out"),
            str(folder / "attempts.json"),
            *more,
        ]
        done = subprocess.run(command, env=os.environ | QUIET, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
        told: Told = json.loads(done.stdout.splitlines()[-1])
        return told

    return ask


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    python = Path(TRAINERS) / "trl" / "bin" / "python"
    subprocess.run([python, ROOT / "tests" / "tiny_model.py", folder], env=os.environ | QUIET, check=True)
    return folder


def rewards(attempts: list[Told]) -> list[float]:
    """What the data says of each attempt."""
    return [float(row["reward"]) for row in attempts]
