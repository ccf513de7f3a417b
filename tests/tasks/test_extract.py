"""The folders of runs: what a run leaves behind does not stay for ever."""

import os
import time
from pathlib import Path

from tasks.extract import KEPT_DAYS, new_draft, run_of


def left(root: Path, name: str, days: float) -> Path:
    """A run that wrote its last file so many days ago."""
    folder = root / "runs" / name
    (folder / "draft").mkdir(parents=True)
    for path in (folder / "draft", folder):
        os.utime(path, times=(time.time() - days * 86_400,) * 2)
    return folder


def test_a_new_run_removes_those_that_ended_long_ago(tmp_path: Path) -> None:
    old, young = left(tmp_path, "old", KEPT_DAYS + 1), left(tmp_path, "young", KEPT_DAYS - 1)
    draft = new_draft(str(tmp_path))
    assert not old.exists()
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {young.name, run_of(str(draft))}


def test_a_run_that_still_writes_is_not_removed(tmp_path: Path) -> None:
    old = left(tmp_path, "old", KEPT_DAYS + 1)
    (old / "batches").mkdir()
    new_draft(str(tmp_path))
    assert old.exists()
