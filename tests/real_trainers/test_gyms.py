"""verifiers' own loader and scoring with our taskset, and skyrl-gym's own registry with our environment."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone import load_problems
from steppingstone.versions import Version
from tests.real_trainers.conftest import TRAINERS, Told, rewards


@pytest.fixture(scope="module")
def verifiers(ask: Callable[..., Told]) -> Told:
    return ask("verifiers", "gym", "ask_verifiers.py", prepare=install)


@pytest.fixture(scope="module")
def skyrl(ask: Callable[..., Told]) -> Told:
    return ask("skyrl", "gym", "ask_skyrl.py")


@pytest.fixture(scope="module")
def order(version: Version) -> list[str]:
    return [problem.problem_id for problem in load_problems(version.folder, "curriculum_mixed")]


def install(package: Path) -> None:
    """Builds and installs the exported package with pip, beside the environment rather than into it."""
    python = Path(TRAINERS) / "gym" / "bin" / "python"
    pip = ["pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", package / "installed", package]
    subprocess.run([python, "-m", *pip], check=True)


def test_verifiers_rewards_are_those_of_the_data(verifiers: Told, attempts: list[Told]) -> None:
    assert [reward for reward, _ in verifiers["found"]] == rewards(attempts)
    assert [verdict for _, verdict in verifiers["found"]] == [row["verdict"] for row in attempts]


def test_tasks_of_verifiers_are_in_order_and_called_the_same_each_time(verifiers: Told, order: list[str]) -> None:
    assert verifiers["keys"] == [f"steppingstone/{problem_id}" for problem_id in order]


def test_a_source_of_prime_rls_has_the_tasks_of_its_pool(verifiers: Told, order: list[str]) -> None:
    """All that were published here have a pass rate of 0.5."""
    assert verifiers["pools"] == {"normal": order, "hard": []}


def test_verifiers_finds_each_task_solvable_by_its_reference(verifiers: Told) -> None:
    assert set(verifiers["valid"]) == {True}


def test_skyrls_rewards_are_those_of_the_data(skyrl: Told, attempts: list[Told]) -> None:
    assert skyrl["found"] == [[float(row["reward"]), True, row["verdict"]] for row in attempts]


def test_skyrls_file_has_the_order_of_the_curriculum(skyrl: Told, order: list[str]) -> None:
    assert skyrl["order"] == order
