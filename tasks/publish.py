"""The verb publish: makes a dataset the next version."""

import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from prefect import task
from prefect.states import State

from sql import ask
from steppingstone import drafts
from steppingstone.catalog import write_catalog
from steppingstone.dataset import Dataset
from steppingstone.documents import write_documents
from steppingstone.errors import Overtaken, StorageError
from steppingstone.settings import Settings
from steppingstone.versions import latest, prune
from steppingstone.versions import publish as publish_version
from tasks.expose import published
from tasks.progress import tell
from tasks.show import report_of, show_text
from tasks.validate import Held

PUBLISH_S = 3_600
"""A version of millions of attempts takes minutes; beyond this it waits for another publisher that hangs."""
UNCHANGED = {
    "nightly": "Each problem of this run stands in version {number} already: nothing was published. "
    "Another random_seed than {seed} draws other seeds and samples",
    "regrade": "No problem's attempts came out otherwise than in version {number}: nothing was published",
    "reverify": "No reward is another than in version {number}: nothing was published",
}


def may_pass(_task: object, _run: object, state: State) -> bool:
    """Whether a failure may be over in a moment, as that of a storage or of another who publishes right now."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, StorageError) and not isinstance(error, Overtaken)


@task(
    name="publish",
    task_run_name="publish",
    description="Makes a dataset the next immutable version, in one atomic step, and renews the catalog",
    tags=["publish"],
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=may_pass,
    timeout_seconds=PUBLISH_S,
)
def publish(dataset: Dataset, run_id: str, settings: Settings, held: Sequence[Held] = (), kind: str = "nightly") -> str:
    """Returns the folder of the version: of the latest one, if there is nothing to add to it or to change.

    Done again for the same run, it publishes nothing new. Older versions go if the settings say so. The dataset's folder goes
    in the end: it is as large as a version, and its files are the version's own, which would outlive it. So does the draft,
    if it is published; that of a run that failed is removed by a later run, see `new_draft`.
    """
    folder = _published(dataset, run_id, settings, held, kind)
    shutil.rmtree(dataset.folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        # What is listed for people, as reverify's changes are, stays.
        Path(dataset.folder).parent.rmdir()
    show_text("report", report_of(Path(folder)), "The version's report")
    return folder


def _published(dataset: Dataset, run_id: str, settings: Settings, held: Sequence[Held], kind: str) -> str:
    if not dataset.added and (before := latest(settings.data_root)):
        tell(UNCHANGED[kind].format(number=before.number, seed=settings.random_seed))
        write_catalog(settings.data_root)
        return str(before.folder)
    version = publish_version(
        settings.data_root,
        dataset.folder,
        run_id,
        settings.model_dump(mode="json"),
        [asdict(each) for each in held],
        kind=kind,
        waterfall=_waterfall(dataset),
        after=dataset.base,
        documents=write_documents,
    )
    shutil.rmtree(Path(dataset.folder).with_name("draft"), ignore_errors=True)
    published()
    write_catalog(settings.data_root)
    if settings.keep_versions is not None and (gone := prune(settings.data_root, settings.keep_versions)):
        tell(f"removed old versions: {', '.join(map(str, gone))}")
    if kind != "nightly":
        tell(f"Published {version.folder}: version {version.number}, made of version {version.parent}")
    return str(version.folder)


def _waterfall(dataset: Dataset) -> list[dict[str, object]]:
    with drafts.connect(dataset.folder) as tables:
        answer = ask(tables, "yield_waterfall")
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
