"""TRL's own `GRPOTrainer`, with our file, our reward function and our weights for what it draws."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone import load_problems
from steppingstone.versions import Version
from tests.real_trainers.conftest import Told, rewards


@pytest.fixture(scope="module")
def told(ask: Callable[..., Told], tiny_model: Path) -> Told:
    return ask("trl", "trl", "ask_trl.py", str(tiny_model))


@pytest.fixture(scope="module")
def weighed(ask: Callable[..., Told], tiny_model: Path) -> Told:
    return ask("trl", "trl", "ask_trl_groups.py", str(tiny_model))


def test_its_rewards_are_those_of_the_data(told: Told, attempts: list[Told]) -> None:
    assert told["found"] == rewards(attempts)
    assert told["verdicts"] == [row["verdict"] for row in attempts]


def test_it_trains_on_groups_in_the_order_of_the_curriculum(told: Told, version: Version) -> None:
    order = [problem.problem_id for problem in load_problems(version.folder, "curriculum_mixed")]
    assert told["steps"] == 2
    assert told["seen"] == [problem_id for problem_id in order[:4] for _ in range(4)]


def test_problems_that_are_drawn_by_weights_come_in_whole_groups(weighed: Told) -> None:
    seen = weighed["whole"]["seen"]
    assert [len(batch) for batch in seen] == [8] * 8
    assert all(len(set(batch[place : place + 4])) == 1 for batch in seen for place in (0, 4))


def test_what_has_no_signal_is_drawn_less_once_its_rewards_are_in(weighed: Told) -> None:
    """The second batch is drawn before the rewards of the first are known."""
    [_, start], [since, less] = weighed["whole"]["changes"]
    assert start == {"abduction": 1, "deduction": 1, "induction": 1}
    assert (since, less) == (2, {"abduction": 0.1, "deduction": 0.1})
    drawn = [[weighed["of"][each] for each in batch[::4]] for batch in weighed["whole"]["seen"]]
    assert "induction" not in {each for batch in drawn[:2] for each in batch}
    assert [each for batch in drawn[2:] for each in batch].count("induction") > 9


def test_training_that_resumes_draws_what_it_would_have_drawn(weighed: Told) -> None:
    """The second stop is in a second pass over the data."""
    for stop, resumed in weighed["resumed"].items():
        assert resumed["seen"] == weighed["whole"]["seen"][int(stop) :]
        assert resumed["changes"] == weighed["whole"]["changes"]


def test_two_ranks_draw_what_one_does_and_share_it(weighed: Told) -> None:
    ranks = weighed["ranks"]
    assert [a + b for a, b in zip(*(rank["whole"]["seen"] for rank in ranks), strict=True)] == weighed["whole"]["seen"]
    for each in ranks:
        assert each["whole"]["changes"] == weighed["whole"]["changes"]
        assert each["resumed"]["3"]["seen"] == each["whole"]["seen"][3:]
