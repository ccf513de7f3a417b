"""Which of a training's checkpoints can be gone on from: those that were written whole."""

import re
import shutil
from pathlib import Path

WHOLE = "whole"
"""The file that a checkpoint gets last: a process may be killed while it writes one."""


def mark_whole(checkpoint: Path) -> None:
    """Says that all of a checkpoint has been written."""
    (checkpoint / WHOLE).touch()


def latest_whole(folder: Path) -> Path | None:
    """The newest whole checkpoint, or None."""
    return max(filter(_is_whole, folder.glob("checkpoint-*")), key=step_of, default=None)


def remove_broken(folder: Path) -> None:
    """Removes those that are not whole."""
    for each in folder.glob("checkpoint-*"):
        if not _is_whole(each):
            shutil.rmtree(each)


def step_of(checkpoint: Path) -> int:
    """The optimizer steps that a checkpoint holds."""
    (number,) = re.findall(r"\d+\Z", checkpoint.name)
    return int(number)


def _is_whole(checkpoint: Path) -> bool:
    return (checkpoint / WHOLE).exists()
