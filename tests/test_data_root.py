"""A data root is tried as publishing will use it, before a run."""

import fcntl
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from steppingstone.data_root import examine_data_root
from steppingstone.findings import State

Usage = namedtuple("Usage", "free")


def test_a_folder_that_can_be_published_into_is_fine(tmp_path: Path) -> None:
    assert [finding.state for finding in examine_data_root(str(tmp_path))] == [State.FINE, State.FINE]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("free_mb", "completions", "state"), [(100, 1, State.WRONG), (300, 1, State.FINE), (300, 1_000_000, State.NOTE)]
)
def test_room_is_held_to_what_a_run_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mb: int, completions: int, state: State
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(free_mb * 2**20))
    assert examine_data_root(str(tmp_path), completions)[0].state is state


def test_a_file_system_without_locks_is_found_before_the_night_and_not_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    (finding,) = examine_data_root(str(tmp_path))
    assert (finding.state, "has no locks: No locks available" in finding.said) == (State.WRONG, True)


def test_locks_that_hold_nobody_off_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", lambda file, operation: None)
    (finding,) = examine_data_root(str(tmp_path))
    assert (finding.state, "lets two hold one lock" in finding.said) == (State.WRONG, True)
