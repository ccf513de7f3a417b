"""Pass rates, tiers and steers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.records import Grade, Steer, Tier, Verdict


@pytest.mark.parametrize(
    ("solved", "tier", "steer"),
    [
        (0, Tier.UNSOLVED, Steer.EASIER),
        (1, Tier.HARD, Steer.VARY),
        (8, Tier.HARD, Steer.VARY),
        (9, Tier.MEDIUM, Steer.VARY),
        (20, Tier.MEDIUM, Steer.VARY),
        (21, Tier.EASY, Steer.HARDER),
        (31, Tier.EASY, Steer.HARDER),
        (32, Tier.TRIVIAL, Steer.HARDER),
    ],
)
def test_tier_and_steer_follow_from_the_pass_rate(solved: int, tier: Tier, steer: Steer) -> None:
    assert Thresholds().tier(PassRate(solved, 32)) is tier
    assert Thresholds().steer(PassRate(solved, 32)) is steer


def test_an_attempt_that_was_never_graded_is_in_neither_number() -> None:
    grades = [Grade(Verdict.SOLVED), Grade(Verdict.WRONG), Grade(Verdict.UNGRADED)]
    assert PassRate.of(grades) == PassRate(1, 2)


def test_nothing_graded_has_no_pass_rate() -> None:
    rate = PassRate.of([Grade(Verdict.UNGRADED)])
    assert (rate.value, rate.interval(), Thresholds().tier(rate)) == (None, None, Tier.UNGRADED)


@given(st.integers(1, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_pass_rate(counts: tuple[int, int]) -> None:
    rate = PassRate(*counts)
    interval = rate.interval()
    assert interval is not None
    assert rate.value is not None
    assert 0 <= interval[0] <= rate.value + 1e-12
    assert rate.value - 1e-12 <= interval[1] <= 1


def test_the_interval_is_wilsons() -> None:
    """Against R's prop.test(8, 32, correct = FALSE): 0.1325 to 0.4211."""
    assert PassRate(8, 32).interval() == pytest.approx((0.1325, 0.4211), abs=1e-3)


@pytest.mark.parametrize(
    ("solved", "graded", "straddles"),
    [
        (0, 32, False),  # 0 to 0.107
        (2, 32, False),  # 0.017 to 0.201
        (4, 32, True),  # 0.05 to 0.281, over 0.25
        (15, 32, False),  # 0.309 to 0.635
        (16, 32, True),  # 0.336 to 0.664, over 0.65
        (26, 32, True),  # 0.647 to 0.911
        (27, 32, False),  # 0.682 to 0.931
        (32, 32, False),  # 0.893 to 1
        (2, 4, True),  # 0.15 to 0.85, over both
        (0, 0, False),
    ],
)
def test_a_problem_straddles_if_the_interval_of_p_reaches_into_another_tier(solved: int, graded: int, straddles: bool) -> None:
    assert Thresholds().straddled(PassRate(solved, graded)) is straddles


def test_what_is_straddled_follows_the_thresholds() -> None:
    assert Thresholds(hard_max=0.2, medium_max=0.9).straddled(PassRate(2, 32))
    assert not Thresholds(hard_max=0.0, medium_max=1.0).straddled(PassRate(16, 32))
