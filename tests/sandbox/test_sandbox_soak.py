"""A short soak; the long one is `python -m tests.benchmarks.sandbox_soak MINUTES`."""

import pytest

from tests.benchmarks.sandbox_soak import soak, stays


@pytest.mark.parametrize("kills", [False, True])
def test_under_mixed_load_no_verdict_is_wrong_and_nothing_stays(kills: bool) -> None:
    tally, before, after = soak(10, kills)
    assert tally.wrong == []
    assert stays(before, after) == [], (before, after)
    assert kills or (tally.faults, tally.verdicts["ok"] > 0) == (0, True)
