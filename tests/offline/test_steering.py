"""A few chains through teacher, sandbox and student: the teacher's steer has its effect on the measured pass rate."""

import pytest

from tests.offline.measuring import NAMES, Round, change_after, mean, run_chains, tier_of


@pytest.fixture(scope="module")
def rounds() -> list[Round]:
    return run_chains(6, 2024)


@pytest.mark.parametrize("name", NAMES)
def test_the_pass_rate_falls_after_harder(rounds, name):
    assert mean(change_after([made for made in rounds if made.environment == name], "harder")) < -0.05


def test_the_pass_rate_rises_after_easier(rounds):
    assert mean(change_after(rounds, "easier")) > 0.1


@pytest.mark.parametrize("name", NAMES)
def test_the_tiers_are_populated(rounds, name):
    tiers = {tier_of(made.rate) for made in rounds if made.environment == name and made.rate >= 0}
    assert len(tiers & {"hard", "medium", "easy"}) >= 2


def test_most_proposals_are_problems_and_some_are_not(rounds):
    assert 0.7 < mean([made.rate >= 0 for made in rounds]) < 0.99


def test_problems_differ_from_each_other(rounds):
    codes = [made.code for made in rounds if made.rate >= 0]
    assert len(set(codes)) > 0.9 * len(codes)
