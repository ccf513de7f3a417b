"""verl's own data set and reward manager, with our file and our `compute_score`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone import load_problems
from steppingstone.versions import Version
from tests.real_trainers.conftest import Told, rewards


@pytest.fixture(scope="module")
def told(ask: Callable[..., Told], tiny_model: Path) -> Told:
    return ask("verl", "verl", "ask_verl.py", str(tiny_model))


def test_its_rewards_are_those_of_the_data(told: Told, attempts: list[Told]) -> None:
    assert [each["reward_score"] for each in told["found"]] == rewards(attempts)
    assert [each["reward_extra_info"]["acc"] for each in told["found"]] == rewards(attempts)
    assert [each["reward_extra_info"]["verdict"] for each in told["found"]] == [row["verdict"] for row in attempts]


def test_it_trains_in_the_order_of_the_curriculum(told: Told, version: Version) -> None:
    assert told["order"] == [problem.problem_id for problem in load_problems(version.folder, "curriculum_mixed")]


def test_a_worker_of_rays_scores_with_one_server(told: Told, attempts: list[Told]) -> None:
    assert told["in_a_worker"] == [1, rewards(attempts)[0]]
