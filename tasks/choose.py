"""Takes from the latest version what is to be graded again, and keeps hold of it: versions may come and go meanwhile."""

import os
from pathlib import Path

from prefect import task

from steppingstone import contents, drafts
from steppingstone.mirror import share
from steppingstone.settings import RegradeSettings, Settings
from steppingstone.versions import published
from tasks.extract import new_draft
from tasks.progress import tell


@task(
    name="choose problems",
    task_run_name="choose problems",
    description="The published problems that are to be attempted again",
    tags=["prepare"],
)
def choose_problems(settings: Settings) -> str:
    """Copies the problems to be attempted into the folder of a new run, and returns the run's empty draft.

    They come in the order of their ids, which are hashes: the first of them are a random sample, and the same each time.
    """
    version, draft = published(settings.data_root), new_draft(settings.data_root)
    with drafts.connect(version.folder) as tables:
        count = drafts.rewrite(tables, chosen(draft.parent), "problems", _wanted(settings.regrade))
    share(chosen(draft.parent), settings.data_root)
    tell(f"{count:,} of the {version.rows['problems']:,} problems of version {version.number} are to be attempted again")
    return str(draft)


@task(
    name="choose attempts",
    task_run_name="choose attempts",
    description="The published attempts that are to be scored again",
    tags=["prepare"],
)
def choose_attempts(settings: Settings) -> str:
    """Puts the problems and attempts of the latest version into the folder of a new run, and returns the run's empty draft."""
    version, draft = published(settings.data_root), new_draft(settings.data_root)
    chosen(draft.parent).mkdir()
    for table in ("problems", "attempts"):
        contents.put(drafts.table_path(version.folder, table), drafts.table_path(chosen(draft.parent), table))
    share(chosen(draft.parent), settings.data_root)
    count = sum(chosen_by_environment(draft.parent, "attempts", settings.regrade).values())
    tell(f"{count:,} of the {version.rows['attempts']:,} attempts of version {version.number} are to be scored again")
    return str(draft)


def chosen(run: Path) -> Path:
    """The folder of a run that holds what was chosen."""
    return run / "chosen"


def chosen_for(batch: str) -> str:
    """The same for a worker, by the folder of its batch; it may be an address."""
    return f"{os.path.dirname(os.path.dirname(batch))}/chosen"


def chosen_by_environment(run: Path, table: str, asked: RegradeSettings) -> dict[str, int]:
    """How many rows of a table are to be graded again."""
    with drafts.connect(chosen(run)) as tables:
        counts = tables.sql(f"SELECT environment, count(*) FROM {table} {_where(asked)} GROUP BY ALL ORDER BY ALL").fetchall()
    return dict(counts)


def _wanted(asked: RegradeSettings) -> str:
    return f"FROM problems {_where(asked)} ORDER BY problem_id" + (f" LIMIT {asked.problems}" if asked.problems else "")


def _where(asked: RegradeSettings) -> str:
    names = ", ".join(map(drafts.quoted, asked.environments))
    return f"WHERE environment IN ({names})" if names else ""
