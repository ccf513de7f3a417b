"""What Dask's scheduler and workers have in common with this process, and whether each worker can do what a batch needs."""

import asyncio
import hashlib
import platform
from collections import defaultdict
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import distributed
import psutil
from distributed.comm import CommClosedError

from steppingstone.environments import environment
from steppingstone.errors import SteppingstoneError
from steppingstone.findings import Finding, State, tried
from steppingstone.journal import check_journal
from steppingstone.probing import probe
from steppingstone.sandbox.trial import examine_sandbox
from steppingstone.servers import examine_model
from steppingstone.settings import Settings
from steppingstone.storage import is_address

PATIENCE_S = 60
SCHEDULING = ("Python", "cloudpickle", "dask", "distributed", "sources")
"""What the scheduler needs alike; it runs no batch, but reads what is sent to those that do."""
PACKAGES = (*SCHEDULING[1:4], "duckdb", "numpy", "openai", "prefect", "prefect-dask", "pyarrow", "pydantic", "steppingstone")
FOLDERS = ("expectations", "sql", "steppingstone", "tasks")

Facts = dict[str, str]
Problem = tuple[str, str, str]
"""A finding without its name, of plain types: another checkout may have other ones."""


def survey(client: distributed.Client, settings: Settings, models: Sequence[str]) -> list[Finding]:
    """What is found of the cluster: one finding if all is well. No task is submitted, so that a busy cluster answers, too."""
    if is_address(settings.data_root):
        # A folder of prompts goes there for them once batches are begun.
        settings = settings.model_copy(update={"prompts": settings.prompts if is_address(settings.prompts or "") else None})
    workers = list(client.nthreads())
    with ExitStack() as stack:
        folder = ""
        # One that can't be written to from here is found by who looks at the data root; workers share no address's folder.
        with suppress(OSError):
            if not is_address(settings.data_root):
                folder = str(stack.enter_context(probe(Path(settings.data_root))))
        scheduler, *answers = client.sync(_ask_all, client, workers, settings, models, folder)
    found = list(_of_all({"scheduler": scheduler}, SCHEDULING, settings))
    found += _of_all({f"worker {name}": answer for name, answer in zip(workers, answers, strict=True)}, (), settings)
    if not workers:
        return [*found, Finding("Dask", State.NOTE, "no worker is there now, and a run waits until one is")]
    said = "the scheduler and each worker have the versions, sources and prompts that are here; each worker's sandbox holds, "
    reaches = "and it sees the data root, the journal and the models' servers"
    return found or [Finding("Dask", State.FINE, f"{len(workers)} workers: {said}{reaches}")]


def facts(settings: Settings, served: bool = True) -> Facts:
    """Versions, sources and prompts of this process; `served` ones were started before, and may hold older sources."""
    packages = {name: _version(name) for name in PACKAGES}
    return {"Python": platform.python_version(), **packages, "sources": _sources(served), "prompts": _prompts(settings)}


async def look_around(settings: Settings, models: Sequence[str], folder: str) -> tuple[Facts, list[Problem]]:
    """What a worker says of itself, off its loop: its facts, and what it can't do."""
    return await asyncio.to_thread(lambda: (facts(settings), list(_problems(settings, models, folder))))


def _problems(settings: Settings, models: Sequence[str], folder: str) -> Iterator[Problem]:
    found = [examine_sandbox(settings.sandbox.memory_mb), *tried("journal", "", lambda: check_journal(settings.journal_root))]
    for role in models:
        found += asyncio.run(examine_model(role, getattr(settings, role), asking=False))
    for finding in found:
        if finding.stops:
            yield finding.state, f"{finding.name}: {finding.said}", finding.to_do
    if folder:
        try:
            (Path(folder) / str(id(found))).touch(exist_ok=False)
        except OSError as error:
            said = f"{settings.data_root!r} is not the folder that it is here, or can't be written to ({error.strerror})"
            yield State.WRONG, f"data root: {said}", "mount the same folder there, for the user that the worker runs as"


async def _ask_all(
    client: distributed.Client, workers: Sequence[str], settings: Settings, models: Sequence[str], folder: str
) -> list[Any]:
    """What the scheduler and each worker answer, or the exception instead."""

    async def of_worker(name: str) -> Any:
        answers = await client.run(look_around, settings, models, folder, workers=[name], on_error="return")
        return answers.get(name, CommClosedError("it is not there any more"))

    async def within(answer: Awaitable[Any]) -> Any:
        return await asyncio.wait_for(answer, PATIENCE_S)

    asked = [within(client.run_on_scheduler(facts, settings)), *(within(of_worker(name)) for name in workers)]
    return await asyncio.gather(*asked, return_exceptions=True)


def _of_all(answers: Mapping[str, Any], compared: Sequence[str], settings: Settings) -> Iterator[Finding]:
    """What is amiss with some of them, each thing once, with the names of those that it is true of."""
    here, amiss = facts(settings, served=False), defaultdict(list)
    for name, answer in answers.items():
        if isinstance(answer, BaseException):
            amiss[_unanswered(answer)].append(name)
            continue
        theirs, problems = answer if isinstance(answer, tuple) else (answer, [])
        for problem in (*_differences(here, theirs, compared or tuple(here)), *problems):
            amiss[tuple(problem)].append(name)
    for (state, said, to_do), names in amiss.items():
        more = f" and {len(names) - 1} more" if names[1:] else ""
        yield Finding(f"Dask, {names[0]}{more}", State(state), said, to_do)


def _unanswered(error: BaseException) -> Problem:
    if isinstance(error, TimeoutError):
        return State.FAILED, f"did not answer in {PATIENCE_S} s", "see its log, or start it again"
    if isinstance(error, CommClosedError):
        return State.NOTE, "went away while it was asked", ""
    said = f"can't run what is sent to it: {error or type(error).__name__}"
    return State.WRONG, said, "give it the packages of requirements.lock, and this checkout by PYTHONPATH or image"


def _differences(here: Facts, there: Facts, compared: Sequence[str]) -> Iterator[Problem]:
    for name in compared:
        if there.get(name) == here[name]:
            continue
        if name == "sources":
            said = "runs other sources than are here, or was started before they were changed"
            yield State.WRONG, said, "bring its checkout up to this one, and start it again"
        elif name == "prompts":
            yield State.WRONG, f"has other prompts or environments ({there.get(name)})", "give it the folder and the packages"
        else:
            yield State.WRONG, f"has {name} {there.get(name)}, and here is {here[name]}", "install requirements.lock there"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _sources(served: bool) -> str:
    """A digest of the sources that this process finds; none if it may hold older ones."""
    folders = {name: Path(spec.origin).parent for name in FOLDERS if (spec := find_spec(name)) and spec.origin}
    files = {
        f"{name}/{path.relative_to(folder)}": path
        for name, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    if served and max(path.stat().st_mtime for path in files.values()) > psutil.Process().create_time():
        return "changed"
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(f"{name} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _prompts(settings: Settings) -> str:
    try:
        return " ".join(environment(name, settings.prompts).templates.digest(name) for name in settings.environments)
    except SteppingstoneError as error:
        return str(error)
