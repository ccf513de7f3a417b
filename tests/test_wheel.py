"""The wheel in an empty environment: what it declares is all that loading and grading need, and little of that is loaded."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from steppingstone.drafts import read_table
from steppingstone.exports.__main__ import TRAINERS
from steppingstone.sandbox import Sandbox
from tests.publishing import publish_one_of_each

ROOT = Path(__file__).parents[1]
GRADE = """
import json, sys
before = set(sys.modules)
import steppingstone
light = sorted(name for name in set(sys.modules) - before if name.startswith("steppingstone."))
from steppingstone import grade_many, load_problems
problems = {problem.problem_id: problem for problem in load_problems(sys.argv[1])}
import pyarrow.parquet
attempts = pyarrow.parquet.read_table(sys.argv[2]).to_pylist()
grades = grade_many((problems[row["problem_id"]], row["completion"]) for row in attempts)
loaded = sorted({name.partition(".")[0] for name in sys.modules})
told = {"light": light, "rewards": [each.reward for each in grades], "loaded": loaded}
print(json.dumps(told | {"home": steppingstone.__file__}))
"""
UNNEEDED = {"prefect", "dask", "distributed", "great_expectations", "openai", "httpx2", "duckdb", "pydantic", "pandas", "tasks"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and what it declares, of the versions that are installed here."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    needed = map(distribution, _needed(Distribution.at(site / Path(metadata).parent).requires or []))
    files = {file.parts[0]: each.locate_file(file.parts[0]) for each in needed for file in each.files or []}
    for name in files.keys() - {"..", "__pycache__"}:
        (site / name).symlink_to(str(files[name]))
    return folder / "bin" / "python"


def _needed(requirements: list[str], extra: str = "") -> Iterator[str]:
    """The distributions that these requirements come to, with those that they need themselves."""
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement.name
            for each in ("", *requirement.extras):
                yield from _needed(distribution(requirement.name).requires or [], each)


def test_the_wheel_ships_the_package_alone_with_its_templates_and_its_types(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"steppingstone"}
    assert {"steppingstone/py.typed", "steppingstone/prompts/student_real.md", "steppingstone/sandbox/server.py"} <= set(names)
    for trainer in TRAINERS:
        assert {f"steppingstone/exports/{trainer}.{suffix}" for suffix in ("py", "md")} <= set(names)
    assert "steppingstone/exports/to-copy/verifiers/taskset.py.txt" in names


def test_an_environment_with_nothing_else_gives_every_stored_attempt_its_reward(
    python: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    version = publish_one_of_each(tmp_path / "data", sandbox)
    command = [python, "-I", "-c", GRADE, tmp_path / "data", version.folder / "attempts.parquet"]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["rewards"] == read_table(version.folder, "attempts")["reward"].to_pylist()
    assert {0, 1} == set(told["rewards"])
    assert told["home"].startswith(str(python.parents[1]))
    assert told["light"] == []
    assert not UNNEEDED & set(told["loaded"])
