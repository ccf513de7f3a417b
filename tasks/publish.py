"""The verb publish: makes a draft the next dataset version."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from prefect import task

from steppingstone.catalog import write_catalog
from steppingstone.versions import publish as publish_version
from tasks.validate import Held


@task(
    name="Publish",
    description="Makes a draft the next immutable version, in one atomic step, and renews the catalog",
    tags=["publish"],
    retries=2,
    retry_delay_seconds=5,
)
def publish(data_root: str, draft: str, run_id: str, settings: Mapping[str, object], held: Sequence[Held] = ()) -> str:
    """Returns the folder of the version. Done again for the same run, it publishes nothing new."""
    version = publish_version(data_root, draft, run_id, settings, [asdict(each) for each in held])
    write_catalog(data_root)
    return str(version.folder)
