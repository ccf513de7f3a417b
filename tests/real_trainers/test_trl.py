"""TRL's own `GRPOTrainer`, with our file and our reward function."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone import load_problems
from steppingstone.versions import Version
from tests.real_trainers.conftest import Told, rewards


@pytest.fixture(scope="module")
def told(ask: Callable[..., Told], tiny_model: Path) -> Told:
    return ask("trl", "trl", "ask_trl.py", str(tiny_model))


def test_its_rewards_are_those_of_the_data(told: Told, attempts: list[Told]) -> None:
    assert told["found"] == rewards(attempts)
    assert told["verdicts"] == [row["verdict"] for row in attempts]


def test_it_trains_on_groups_in_the_order_of_the_curriculum(told: Told, version: Version) -> None:
    order = [problem.problem_id for problem in load_problems(version.folder, "curriculum_mixed")]
    assert told["steps"] == 2
    assert told["seen"] == [problem_id for problem_id in order[:4] for _ in range(4)]
