"""All that compose.yaml describes, brought up without an engine: a run on PostgreSQL, in cells closed like containers."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from steppingstone import versions
from steppingstone.versions import damaged
from tests.infra.composed import CLOSED, ROOT, image

SETTINGS = """
seeds.count = 2
generation.rounds = 2
generation.attempts = 4
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `main` of composed.py saw, and the folder in which its volumes are."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        pytest.skip("no PostgreSQL here; on Debian: apt-get install postgresql")
    if os.geteuid() != 0 or subprocess.run([*CLOSED, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("only root can make the cells, where the kernel lets it")
    folder = tmp_path_factory.mktemp("composed")
    folder.chmod(0o755)
    (folder / "settings.toml").write_text(SETTINGS)
    command = [*CLOSED, shutil.which("nice") or "nice", sys.executable, "-m", "tests.infra.composed", str(folder)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told | {"folder": folder}


def test_a_run_of_a_deployment_publishes_a_whole_version_on_the_volume(seen: dict[str, Any]) -> None:
    code, printed = seen["run"]
    assert code == 0, printed
    version = versions.published(seen["folder"] / "volumes" / "data")
    assert version.rows["problems"] > 0
    assert not damaged(version)


def test_state_outlives_a_crash_of_prefects_server_and_of_postgresql_and_comes_back_from_a_dump(seen: dict[str, Any]) -> None:
    before = seen["before"]
    assert set(before["deployments"]) == {"nightly", "generate", "regrade", "evaluate", "reverify"}
    assert list(before["runs"].values()) == ["COMPLETED"]
    assert seen["after"] == before


def test_the_sandbox_runs_for_the_images_user(seen: dict[str, Any]) -> None:
    assert seen["doctor"] == 0


def test_no_process_is_root_or_could_become_it_and_none_writes_beside_the_sources(seen: dict[str, Any]) -> None:
    assert set(seen["status"]) == {"postgres", "prefect", "worker", "scheduler", "dask-worker", "models"}
    for name, processes in seen["status"].items():
        assert processes, name
        for process in processes:
            assert set(process["Uid"].split()).isdisjoint({"0"})
            assert name == "postgres" or set(process["Uid"].split()) == {str(image().user)}
            assert (process["NoNewPrivs"], int(process["CapEff"], 16), int(process["CapBnd"], 16)) == ("1", 0, 0)
    assert seen["written"] == []
