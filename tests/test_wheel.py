"""The wheel in an environment that holds what it declares, which is pyarrow: all that a trainer's machine runs works there."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from steppingstone.drafts import read_table
from steppingstone.exports.__main__ import TRAINERS
from steppingstone.sandbox import Sandbox
from steppingstone.versions import Version
from tests.publishing import publish_one_of_each

ROOT = Path(__file__).parents[1]
Run = Callable[..., subprocess.CompletedProcess[str]]
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
from steppingstone.exports import rows, trl
hook = trl.steppingstone_reward(
    prompts=["p"] * len(attempts),
    completions=[row["completion"] for row in attempts],
    ground_truth=[rows.ground_truth(problems[row["problem_id"]]) for row in attempts],
)
told = {"light": light, "rewards": [each.reward for each in grades], "hook": hook}
print(json.dumps(told | {"home": steppingstone.__file__}))
"""


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


@pytest.fixture(scope="module")
def version(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Version:
    return publish_one_of_each(tmp_path_factory.mktemp("data"), sandbox)


@pytest.fixture
def run(python: Path, tmp_path: Path) -> Run:
    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, "-I", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_pyarrow_is_all_that_it_brings(python: Path) -> None:
    (site,) = python.parents[1].glob("lib/python*/site-packages")
    assert {each.metadata["name"] for each in distributions(path=[str(site)])} == {"pyarrow", "steppingstone"}


def test_every_stored_attempt_has_its_reward_by_grade_and_by_a_trainers_hook(run: Run, python: Path, version: Version) -> None:
    done = run("-c", GRADE, version.folder, version.folder / "attempts.parquet")
    told = json.loads(done.stdout)
    assert told["rewards"] == told["hook"] == read_table(version.folder, "attempts")["reward"].to_pylist()
    assert {0, 1} == set(told["rewards"])
    assert told["home"].startswith(str(python.parents[1]))
    assert told["light"] == []


@pytest.mark.parametrize("trainer", TRAINERS)
def test_each_export_is_written(trainer: str, run: Run, version: Version, tmp_path: Path) -> None:
    done = run("-m", "steppingstone.exports", trainer, version.folder, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.split("\n")[0]).exists()


def test_the_sandbox_runs_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("print(6 * 7)")
    assert json.loads(run("-m", "steppingstone.sandbox", "program.py").stdout)["results"][0]["text"] == repr("42\n")


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (("-c", "import steppingstone.generation"), "generation"),
        (("-c", "import steppingstone.servers"), "generation"),
        (("-m", "steppingstone.offline"), "offline"),
        (("-m", "steppingstone.exports", "verl", "s3://nights", "--out", "out"), "s3"),
    ],
)
def test_what_needs_more_names_the_extra_that_brings_it(command: tuple[str, ...], extra: str, run: Run) -> None:
    done = run(*command)
    assert done.returncode != 0
    assert "No module named" in (error := done.stderr.splitlines()[-1])
    assert f"pip install 'steppingstone[{extra}]'" in error
