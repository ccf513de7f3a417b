"""The verb combine: adds what a run made to what is published."""

from prefect import task

from steppingstone.dataset import Dataset
from steppingstone.dataset import combine as combine_rows


@task(
    name="combine",
    task_run_name="combine",
    description="The latest version's rows and the draft's, as the dataset that is to be published",
    tags=["curate"],
)
def combine(draft: str, data_root: str) -> Dataset:
    """Writes the dataset beside the draft; the draft and the latest version stay as they are."""
    return combine_rows(draft, data_root)
