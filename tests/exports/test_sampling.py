"""Drawing groups of problems by weights."""

from collections import Counter

import pytest

from steppingstone.errors import BadInput
from steppingstone.exports.sampling import Observed, WeightedGroups, by_signal

TIERS = ["easy"] * 60 + ["medium"] * 30 + ["hard"] * 10
EVEN = {"easy": 1, "medium": 1, "hard": 1}


def groups(weights: dict[str, float] = EVEN, seed: int = 0, times: int = 1) -> WeightedGroups:
    return WeightedGroups(TIERS, weights, batch_groups=5, repeats=4, seed=seed, times=times)


def tiers(drawn: list[int]) -> Counter[str]:
    return Counter(TIERS[index] for index in drawn)


def batches(sampler: WeightedGroups, first: int, end: int) -> list[int]:
    return [index for number in range(first, end) for index in sampler.batch(number)]


def test_a_pass_is_of_whole_groups_and_each_batch_comes_as_often_as_it_is_trained_on() -> None:
    found = list(groups(times=2))
    assert len(found) == len(groups(times=2)) == 20 * 2 * 5 * 4
    assert [len(set(found[place : place + 4])) for place in range(0, len(found), 4)] == [1] * 200
    assert all(found[place : place + 20] == found[place + 20 : place + 40] for place in range(0, len(found), 40))


def test_a_tiers_share_is_its_weights_however_many_problems_it_has() -> None:
    found = tiers(batches(groups({"easy": 0, "medium": 1, "hard": 3}), 0, 400))
    assert set(found) == {"medium", "hard"}
    assert 0.7 < found["hard"] / 2_000 < 0.8


def test_each_problem_of_a_tier_comes_once_before_any_comes_again() -> None:
    found = batches(groups({"easy": 1, "medium": 0, "hard": 0}), 0, 24)
    assert sorted(found[:60]) == sorted(found[60:]) == list(range(60))
    assert found[:60] != found[60:]


def test_weights_that_change_count_from_the_next_batch_that_is_not_drawn() -> None:
    sampler = groups()
    drawn = iter(sampler)
    before = [next(drawn) for _ in range(40)]
    sampler.set_weights({"easy": 0, "medium": 0, "hard": 1})
    assert len(tiers(before)) > 1
    assert set(tiers([next(drawn) for _ in range(100)])) == {"hard"}


def test_the_same_changes_at_the_same_batches_give_the_same_draws() -> None:
    first = groups()
    for place, hard in ((3, 5.0), (7, 0.0), (7, 2.0)):
        first.batch(place)
        first.set_weights(EVEN | {"hard": hard})
    other = groups({"easy": 1, "medium": 0, "hard": 0})
    other.resume(first.changes)
    assert batches(other, 0, 40) == batches(first, 0, 40)
    assert other.weights == first.weights == EVEN | {"hard": 2}
    assert batches(groups(seed=1), 0, 40) != batches(groups(), 0, 40)


def test_a_pass_goes_on_where_the_last_one_ended() -> None:
    sampler = groups()
    once = list(sampler)
    sampler.set_epoch(1)
    assert list(sampler)[::4] == batches(groups(), 20, 40)
    sampler.set_epoch(0)
    assert list(sampler) == once


def test_a_problem_can_have_a_weight_of_its_own() -> None:
    sampler = WeightedGroups(["a", "b", "c"], {"a": 1, "b": 8, "c": 1}, batch_groups=2, repeats=1, seed=0)
    assert Counter(batches(sampler, 0, 100)).most_common(1)[0][0] == 1


@pytest.mark.parametrize("weights", [{}, {"easy": 1, "medium": 1}, EVEN | {"medum": 1}])
def test_weights_that_are_not_of_these_tiers_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(BadInput, match="the problems are of easy, hard, medium"):
        groups(weights)
    with pytest.raises(BadInput, match="the problems are of easy, hard, medium"):
        groups().set_weights(weights)


@pytest.mark.parametrize("hard", [-1.0, float("nan"), float("inf"), 0.0])
def test_weights_that_are_no_shares_are_refused(hard: float) -> None:
    with pytest.raises(BadInput, match="can't be drawn by"):
        groups({"easy": 0, "medium": 0, "hard": hard})


def test_a_mean_is_of_what_was_graded_and_the_last_batches_count_most() -> None:
    observed = Observed()
    observed.add(["easy", "easy", "hard"], [1.0, float("nan"), float("nan")])
    assert observed.means == {"easy": 1.0}
    for _ in range(50):
        observed.add(["easy", "hard"], [0.0, 1.0])
    assert observed.means["easy"] < 0.01
    assert observed.means["hard"] == pytest.approx(1.0)


def test_a_tier_weighs_as_much_as_its_rewards_vary_and_never_nothing() -> None:
    found = by_signal({"easy": 1, "medium": 2, "hard": 1}, {"easy": 0.9, "hard": 0.0})
    assert found == pytest.approx({"easy": 0.36, "medium": 2.0, "hard": 0.1})
