"""A handful of kills; `make chaos KILLS=100` for many."""

from pathlib import Path

from tests.chaos.harness import KINDS, run
from tests.published import differing

OPTIONS = ["--seeds.count", "10", "--generation.rounds", "3", "--generation.attempts", "8"]
PAUSE_S = (2.0, 4.0)


def test_each_process_may_be_killed_and_the_same_command_ends_in_the_same_tables(tmp_path: Path) -> None:
    run(tmp_path / "calm", OPTIONS, (), PAUSE_S)
    outcome = run(tmp_path / "wild", OPTIONS, KINDS, PAUSE_S)
    assert outcome.kills.total() == len(KINDS), f"the run was over before the last kill: {outcome}"
    assert not differing(tmp_path / "calm", tmp_path / "wild")
    assert outcome.again <= outcome.at_risk, outcome
