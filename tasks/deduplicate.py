"""The verb deduplicate: of problems that are the same, one stays."""

from prefect import task

from steppingstone.duplicates import Deduplicated, drop_duplicates


@task(
    name="Deduplicate",
    description="Of problems with the same program and inputs the first stays; rejections name the partner of the others",
    tags=["curate"],
)
def deduplicate(draft: str) -> Deduplicated:
    """Moves exact duplicates out of a draft, with their attempts."""
    return drop_duplicates(draft)
