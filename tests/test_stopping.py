"""Attempts that stop early."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppingstone import stopping
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.stopping import certainty, decided

DEFAULT = Thresholds()


@st.composite
def rates(draw: st.DrawFn, attempts: int = 32) -> PassRate:
    graded = draw(st.integers(1, attempts))
    return PassRate(draw(st.integers(0, graded)), graded)


@pytest.mark.parametrize(
    ("solved", "graded"), [(0, 24), (0, 28), (1, 16), (2, 16), (12, 24), (14, 16), (28, 32), (28, 28), (0, 32), (32, 32)]
)
def test_counts_far_from_every_threshold_decide(solved: int, graded: int) -> None:
    assert decided(PassRate(solved, graded), 32, DEFAULT, 0.9)


@pytest.mark.parametrize(
    ("solved", "graded"), [(0, 8), (0, 16), (8, 8), (16, 16), (4, 16), (5, 20), (6, 24), (7, 28), (13, 20), (18, 28), (20, 31)]
)
def test_counts_near_a_threshold_decide_nothing(solved: int, graded: int) -> None:
    assert not decided(PassRate(solved, graded), 32, DEFAULT, 0.9)


@given(rates())
def test_with_no_attempts_left_it_is_always_decided(rate: PassRate) -> None:
    assert certainty(rate, rate.graded, DEFAULT) == 1


def test_before_the_first_attempt_nothing_is_decided() -> None:
    assert certainty(PassRate(0, 0), 32, DEFAULT) == 0


@given(rates(), st.floats(0.5, 1), st.floats(0.5, 1))
def test_what_is_decided_at_some_confidence_is_decided_at_every_lower_one(rate: PassRate, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert decided(rate, 32, DEFAULT, low) or not decided(rate, 32, DEFAULT, high)


@given(rates(), st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_no_end_but_this_tier_and_steer_is_possible_exactly_where_it_is_certain(
    rate: PassRate, one: float, other: float, harder_above: float
) -> None:
    thresholds = Thresholds(min(one, other), max(one, other), harder_above)
    ends = [PassRate(solved, 32) for solved in range(rate.solved, rate.solved + 33 - rate.graded)]
    outcomes = {(thresholds.tier(end), thresholds.steer(end)) for end in ends}
    alone = outcomes == {(thresholds.tier(rate), thresholds.steer(rate))}
    assert (certainty(rate, 32, thresholds) > 1 - 1e-12) == alone


def test_the_steer_must_be_decided_as_well_as_the_tier() -> None:
    apart = Thresholds(harder_above=0.5)
    assert decided(PassRate(12, 24), 32, DEFAULT, 0.9)
    assert apart.tier(PassRate(12, 24)) is DEFAULT.tier(PassRate(12, 24))
    assert not decided(PassRate(12, 24), 32, apart, 0.9)


def test_an_attempt_that_was_never_graded_is_taken_as_yet_to_come() -> None:
    assert certainty(PassRate(0, 31), 32, DEFAULT) < 1


def test_the_most_attempts_that_settings_allow_can_be_weighed() -> None:
    assert certainty(PassRate(500, 1000), 1024, DEFAULT) == pytest.approx(1)
    assert 0.5 < certainty(PassRate(5, 8), 1024, DEFAULT) < 0.7


def test_a_simulation_of_problems_agrees() -> None:
    """Of 100,000 problems of 12 attempts, drawn as the module takes them to be, those that were alike after 6 attempts."""
    draw = random.Random(0)
    seen: dict[int, list[bool]] = {}
    for _ in range(100_000):
        kind = draw.random()
        p = 0.0 if kind < stopping.NEVER else 1.0 if kind < stopping.NEVER + stopping.ALWAYS else draw.random()
        rewards = [draw.random() < p for _ in range(12)]
        half, full = PassRate(sum(rewards[:6]), 6), PassRate(sum(rewards), 12)
        same = DEFAULT.tier(half) is DEFAULT.tier(full) and DEFAULT.steer(half) is DEFAULT.steer(full)
        seen.setdefault(half.solved, []).append(same)
    for solved, sames in seen.items():
        # Four standard errors.
        assert sum(sames) / len(sames) == pytest.approx(certainty(PassRate(solved, 6), 12, DEFAULT), abs=2 / len(sames) ** 0.5)
