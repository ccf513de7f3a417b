"""What is handed to the Python that trains."""

from dataclasses import replace
from pathlib import Path

import pytest

from steppingstone.errors import BadInput
from steppingstone.training import plan
from steppingstone.training.plan import Plan, differing

PLAN = Plan("tiny", 1, "curriculum_mixed", 8, 4, 16, 64, 1e-6, 0, None, 50, 2, {}, False, {"use_cpu": True})


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert plan.read(plan.write(tmp_path, PLAN)) == PLAN


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"model": "tiny"}')
    with pytest.raises(BadInput, match=r"plan\.json is no plan"):
        plan.read(tmp_path / "plan.json")


def test_how_far_it_goes_may_change_and_how_it_learns_may_not() -> None:
    assert differing(PLAN, replace(PLAN, steps=100, save_every=10, at_once=8)) == []
    assert differing(PLAN, replace(PLAN, learning_rate=2e-6)) == ["learning_rate 1e-06, now 2e-06"]


def test_devices_share_the_completions_of_a_step() -> None:
    assert PLAN.accumulated(devices=1) == 2
    assert PLAN.accumulated(devices=2) == 1
    with pytest.raises(BadInput, match="= 32 completions, which 3 devices"):
        PLAN.accumulated(devices=3)
