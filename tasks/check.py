"""Checks what the user gave, before money or time is spent."""

import asyncio
import os
import shutil
import uuid

from prefect import task

from steppingstone import contents
from steppingstone.contamination import check_evaluation
from steppingstone.environments import Real, environment
from steppingstone.errors import BadInput, TableMismatch
from steppingstone.journal import check_journal
from steppingstone.mirror import working_folder
from steppingstone.real.reading import check_files
from steppingstone.seeds import check_sources
from steppingstone.servers import check_model
from steppingstone.settings import Settings
from steppingstone.storage import Store, is_address
from steppingstone.versions import Version, environments_of, latest, manifest_of, published
from tasks.extract import sources

ROOM_MB = 200
CHECK_S = 600
"""By then an address or a file system that does not answer is taken for one that cannot be used. Checks are not retried."""


@task(
    name="check",
    task_run_name="check",
    description="Corpus, real problems, evaluation sets, prompts, data root, journal and model servers can be used",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check(settings: Settings) -> None:
    """Raises `BadInput` on the first thing that can't be used. A model without a server is not checked: it is to be started."""
    if Real.name in settings.environments:
        raise BadInput("environments: no teacher states real problems; leave 'real' out, and name their files by real.paths")
    for name in settings.environments:
        environment(name, settings.prompts).templates.digest(name)
    check_sources(sources(settings.seeds))
    check_files(settings.real.paths)
    check_evaluation(settings.evaluation.paths)
    _check_data_root(settings.data_root)
    _check_tiers(settings)
    check_journal(settings.journal_root)
    for model in dict.fromkeys((settings.teacher, settings.student)):
        if model.base_urls:
            asyncio.run(check_model(model))


@task(
    name="check student",
    task_run_name="check student",
    description="The published problems, prompts, data root, journal and student can be used",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check_student(settings: Settings) -> None:
    """As `check`, of what is needed to attempt published problems again."""
    check_published.fn(settings)
    check_journal(settings.journal_root)
    if settings.student.base_urls:
        asyncio.run(check_model(settings.student))


@task(
    name="check published",
    task_run_name="check published",
    description="The published problems, prompts and data root can be used",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check_published(settings: Settings) -> None:
    """As `check`, of what is needed to score published attempts again."""
    _check_storage(settings.data_root)
    held = environments_of(published(settings.data_root))
    if unknown := sorted(set(settings.regrade.environments) - set(held)):
        raise BadInput(f"regrade.environments: no published problem is of {', '.join(unknown)}; they are of {', '.join(held)}")
    for name in settings.regrade.environments or held:
        environment(name, settings.prompts).templates.digest(name)
    _check_data_root(settings.data_root)


def _check_tiers(settings: Settings) -> None:
    """One dataset holds no tiers by two thresholds."""
    wanted = settings.tiers.model_dump(mode="json")
    if (version := latest(settings.data_root)) and (held := manifest_of(version)["settings"].get("tiers", wanted)) != wanted:
        raise BadInput(
            f"tiers are {wanted}, and version {version.number} has {held}: give flows.reverify the new ones first, "
            "which puts all that is published into its tiers anew, or name another data_root"
        )


def _check_storage(data_root: str) -> None:
    if is_address(data_root):
        Store(data_root).probe()


def _check_data_root(data_root: str) -> None:
    _check_storage(data_root)
    root = working_folder(data_root)
    probe = root / f".probe-{uuid.uuid4().hex}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(os.urandom(1))
        probe.unlink()
    except OSError as error:
        raise BadInput(
            f"data_root {str(root)!r} can't be written to ({error.strerror}); choose another by "
            f"{'$XDG_CACHE_HOME' if is_address(data_root) else 'data_root'}"
        ) from error
    if version := latest(data_root):
        _check_schema(version)
    if (free := shutil.disk_usage(root).free // 2**20) < ROOM_MB:
        raise BadInput(f"data_root {str(root)!r} has {free} MB left; a run wants {ROOM_MB} MB at least")


def _check_schema(version: Version) -> None:
    try:
        contents.check(version.folder)
    except TableMismatch as error:
        raise BadInput(
            f"version {version.number} was published under another schema, and nothing can be added to it or changed in it: "
            f"{error}; choose another data root by data_root"
        ) from error
