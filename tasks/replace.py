"""Puts new grades in the place of old ones, in what is to be the next version."""

from pathlib import Path

from prefect import task

from steppingstone.batches import thresholds
from steppingstone.dataset import Dataset
from steppingstone.grades import with_attempts, with_verdicts
from steppingstone.settings import Settings

CHANGES = "changed_verdicts.csv"


@task(
    name="replace attempts",
    task_run_name="replace attempts",
    description="The latest version with the new attempts, and p and tiers by them",
    tags=["curate"],
)
def replace_attempts(draft: str, settings: Settings) -> Dataset:
    """Writes the dataset beside the draft; the draft and the latest version stay as they are."""
    return with_attempts(draft, settings.data_root, thresholds(settings))


@task(
    name="replace verdicts",
    task_run_name="replace verdicts",
    description="The latest version with the new verdicts, and p and tiers by them",
    tags=["curate"],
)
def replace_verdicts(draft: str, settings: Settings) -> Dataset:
    """As `replace_attempts`; each changed verdict is listed in the run's `changed_verdicts.csv`, too."""
    return with_verdicts(draft, settings.data_root, thresholds(settings), Path(draft).parent / CHANGES)
