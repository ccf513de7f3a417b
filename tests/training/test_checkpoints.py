"""Where a training goes on that was killed."""

from pathlib import Path

from steppingstone.training.checkpoints import latest_whole, mark_whole, remove_broken


def checkpoint(folder: Path, step: int, whole: bool = True) -> Path:
    made = folder / f"checkpoint-{step}"
    made.mkdir()
    if whole:
        mark_whole(made)
    return made


def test_it_goes_on_from_the_newest_checkpoint_by_its_step(tmp_path: Path) -> None:
    newest = checkpoint(tmp_path, 100)
    checkpoint(tmp_path, 50)
    assert latest_whole(tmp_path) == newest


def test_one_that_was_not_written_whole_is_passed_over_and_removed(tmp_path: Path) -> None:
    whole, broken = checkpoint(tmp_path, 50), checkpoint(tmp_path, 100, whole=False)
    assert latest_whole(tmp_path) == whole
    remove_broken(tmp_path)
    assert (whole.exists(), broken.exists()) == (True, False)


def test_without_one_it_begins_anew(tmp_path: Path) -> None:
    assert latest_whole(tmp_path / "checkpoints") is None
