"""What a run needs is looked at before money or time is spent; what is wrong is said all at once."""

import asyncio
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from distributed import Client
from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.context import FlowRunContext
from prefect_dask import DaskTaskRunner

from steppingstone.contamination import check_evaluation
from steppingstone.data_root import examine_data_root
from steppingstone.environments import Real, environment
from steppingstone.errors import BadInput
from steppingstone.evaluation.benchmarks import chosen
from steppingstone.evaluation.posing import check_posed
from steppingstone.findings import Finding, State, of_error, stop_if_wrong, tried
from steppingstone.journal import check_journal
from steppingstone.real.reading import check_files
from steppingstone.sandbox.trial import examine_sandbox
from steppingstone.seeds import check_sources
from steppingstone.servers import examine_model
from steppingstone.settings import Settings
from steppingstone.versions import environments_of, published
from tasks.extract import sources
from tasks.prepare import check_curriculum, check_policy, check_trainer
from tasks.progress import tell
from tasks.survey import survey

CHECK_S = 600
"""By then an address or a file system that does not answer is taken for one that cannot be used. Checks are not retried."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a flow needs of what the user gave, and the models that it asks."""

    given: Callable[[Settings], list[Finding]]
    models: tuple[str, ...] = ()


def to_generate(settings: Settings) -> list[Finding]:
    """What the nightly flow is given."""
    a_seed = settings.generation.rounds * (settings.generation.attempts + 1) * len(settings.environments)
    real, evaluation = settings.real.paths, settings.evaluation.paths
    return [
        *tried("environments", f"{', '.join(settings.environments)}, with their prompts", *_environments(settings)),
        *tried("seeds", "their sources can be read", *_each(check_sources, sources(settings.seeds))),
        *tried("real problems", _files(real), *_each(check_files, real)),
        *tried("evaluation sets", _files(evaluation), *_each(check_evaluation, evaluation)),
        *examine_data_root(settings.data_root, settings.seeds.count * a_seed, settings.tiers.model_dump(mode="json")),
        *_journal(settings),
    ]


def to_attempt(settings: Settings) -> list[Finding]:
    """What is needed to attempt published problems again."""
    return [*to_score(settings), *_journal(settings)]


def to_score(settings: Settings) -> list[Finding]:
    """What is needed to score published attempts again."""
    root = examine_data_root(settings.data_root)
    if any(finding.stops for finding in root):
        return root
    return [*root, *tried("published problems", "can be graded again", lambda: _check_graded(settings))]


def to_evaluate(settings: Settings) -> list[Finding]:
    """What is needed to evaluate the student."""
    try:
        names = chosen(settings)
    except BadInput as error:
        return [of_error("benchmarks", error)]
    return [
        *tried("benchmarks", f"{', '.join(names)} can be read", *(partial(check_posed, settings, name) for name in names)),
        *examine_data_root(settings.data_root),
        *_journal(settings),
    ]


def to_train(settings: Settings) -> list[Finding]:
    """What is needed to train on published problems."""
    train = settings.train
    return [
        *examine_data_root(settings.data_root),
        *tried("curriculum", f"{train.curriculum} has problems for a step", lambda: check_curriculum(settings)),
        *tried("policy", f"{train.model} can be started from", lambda: check_policy(train.model)),
        *tried("trainer", "its Python has TRL", lambda: check_trainer(train.python)),
    ]


def to_loop(settings: Settings) -> list[Finding]:
    """What is needed to train, and to generate with the policy as the student."""
    program = settings.loop.serve[0]
    served = tried("policy's server", f"{program} is there", lambda: _check_program(program))
    return list(dict.fromkeys([*to_train(settings), *served, *to_generate(settings)]))


PURPOSES = {
    "nightly": Purpose(to_generate, ("teacher", "student")),
    "regrade": Purpose(to_attempt, ("student",)),
    "reverify": Purpose(to_score),
    "evaluate": Purpose(to_evaluate, ("student",)),
    "train": Purpose(to_train),
    "loop": Purpose(to_loop, ("teacher",)),
}
"""By the flow's name."""


@task(
    name="check",
    task_run_name="check",
    description="All that a run needs can be used: what is given, data root, model servers, sandbox, workers",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check(settings: Settings, ahead: bool = False) -> None:
    """Raises `BadInput` with all that can't be used, or `InfrastructureError` with what failed if all that is given can be.

    `ahead`: before servers are started for the run; what costs tokens or more than a moment is left for later.
    """
    _conclude(PURPOSES["nightly"], settings, ahead)


@task(
    name="check student",
    task_run_name="check student",
    description="The published problems, prompts, data root, journal, student and workers can be used",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check_student(settings: Settings, ahead: bool = False) -> None:
    """As `check`, of what is needed to attempt published problems again."""
    _conclude(PURPOSES["regrade"], settings, ahead)


@task(
    name="check published",
    task_run_name="check published",
    description="The published problems, prompts, data root and workers can be used",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check_published(settings: Settings, ahead: bool = False) -> None:
    """As `check`, of what is needed to score published attempts again."""
    _conclude(PURPOSES["reverify"], settings, ahead)


@task(
    name="check benchmarks",
    task_run_name="check benchmarks",
    description="The benchmarks, prompts, data root, journal, student and workers can be used",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check_benchmarks(settings: Settings, ahead: bool = False) -> None:
    """As `check`, of what is needed to evaluate the student."""
    _conclude(PURPOSES["evaluate"], settings, ahead)


@task(
    name="check training",
    task_run_name="check training",
    description="The curriculum, the policy, the Python that trains, and the sandbox can be used",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check_training(settings: Settings, ahead: bool = False) -> None:
    """As `check`, of what is needed to train."""
    _conclude(PURPOSES["train"], settings, ahead)


@task(
    name="check loop",
    task_run_name="check loop",
    description="All can be used that is needed to train, to serve the policy, and to generate",
    tags=["prepare"],
    timeout_seconds=CHECK_S,
)
def check_loop(settings: Settings, ahead: bool = False) -> None:
    """As `check`, of what is needed to train, and to generate with the policy as the student."""
    _conclude(PURPOSES["loop"], settings, ahead)


def findings(settings: Settings, purpose: Purpose, client: Client | None = None, ahead: bool = False) -> list[Finding]:
    """What is found of all that a flow needs; of the cluster if there is one. A model without a server is to be started."""
    found = purpose.given(settings)
    found += asyncio.run(_examine_models(settings, purpose.models, not ahead))
    if not ahead:
        found.append(examine_sandbox(settings.sandbox.memory_mb))
    return found + survey(client, settings, purpose.models) if client else found


async def _examine_models(settings: Settings, models: Sequence[str], asking: bool) -> list[Finding]:
    counted = settings.caps.tokens is not None or settings.caps.dollars is not None
    examined = await asyncio.gather(*(examine_model(role, getattr(settings, role), asking, counted) for role in models))
    return [finding for found in examined for finding in found]


def _conclude(purpose: Purpose, settings: Settings, ahead: bool) -> None:
    context = FlowRunContext.get()
    runner = context.task_runner if context else None
    found = findings(settings, purpose, runner.client if isinstance(runner, DaskTaskRunner) else None, ahead)
    if context:
        _report(found)
    stop_if_wrong(found)


def _report(found: Sequence[Finding]) -> None:
    """In the run's log, as a table in Prefect's UI, and in one line in the terminal."""
    for finding in found:
        get_run_logger().info("%s: %s", finding.state, finding)
    rows = [{"state": one.state, "what": one.name, "found": one.said, "to do": one.to_do} for one in found]
    create_table_artifact(rows, key="checks", description="What was looked at before the run")
    notes = sum(finding.state is State.NOTE for finding in found)
    tell(f"{len(found)} things were looked at; {notes} bear a note (this run's artifact 'checks' in Prefect's UI)")


def _each(look: Callable[[Sequence[Any]], object], things: Iterable[Any]) -> list[Callable[[], object]]:
    return [partial(look, [thing]) for thing in things]


def _environments(settings: Settings) -> list[Callable[[], object]]:
    return [partial(_check_environment, name, settings) for name in settings.environments]


def _check_environment(name: str, settings: Settings) -> None:
    if name == Real.name:
        raise BadInput("no teacher states real problems; leave 'real' out, and name their files by real.paths")
    environment(name, settings.prompts).templates.digest(name)


def _check_program(program: str) -> None:
    if shutil.which(program) is None:
        raise BadInput(f"loop.serve begins with {program!r}, which is no program here; name one, by its path if need be")


def _check_graded(settings: Settings) -> None:
    held = environments_of(published(settings.data_root))
    if unknown := sorted(set(settings.regrade.environments) - set(held)):
        raise BadInput(f"regrade.environments: none is of {', '.join(unknown)}; they are of {', '.join(held)}")
    for name in settings.regrade.environments or held:
        environment(name, settings.prompts).templates.digest(name)


def _journal(settings: Settings) -> list[Finding]:
    return tried("journal", f"{settings.journal_root!r} can be written to", lambda: check_journal(settings.journal_root))


def _files(paths: Sequence[str]) -> str:
    return f"{len(paths)} paths can be read" if paths else "none are given"
