"""The verb deduplicate: of problems that are the same, one stays."""

from prefect import task

from steppingstone.duplicates import Deduplicated, drop_duplicates
from steppingstone.settings import DuplicateSettings
from tasks.progress import tell


@task(
    name="deduplicate",
    task_run_name="deduplicate",
    description="Of problems that are the same, nearly the same or do the same, the first stays; rejections name the partner",
    tags=["curate"],
)
def deduplicate(draft: str, settings: DuplicateSettings, data_root: str | None) -> Deduplicated:
    """Moves duplicates out of a draft, with their attempts: of each other, and of what the data root, if any, has published."""
    done = drop_duplicates(draft, settings, data_root)
    if done.again:
        tell(f"{done.again} problems stand in the last version, as their chains ran before, and keep their p (flows.regrade)")
    return done
