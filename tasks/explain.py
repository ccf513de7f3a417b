"""What a run is called, and what it says at its end when that was not a good one."""

import functools
from collections.abc import Callable
from typing import Any

import httpx
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.logging.loggers import flow_run_logger
from prefect.runtime import flow_run

from steppingstone.disks import REMEDY, says_full
from steppingstone.errors import (
    BadInput,
    GateFailed,
    InfrastructureError,
    Overtaken,
    SteppingstoneError,
    StorageError,
    Unforeseen,
)
from steppingstone.settings import Settings

AGAIN = (
    "run it again with the same settings (Retry, or the same command): what the models said is in the journal, and is "
    "neither asked for nor paid for again"
)
ADVICE: tuple[tuple[tuple[type[SteppingstoneError], ...], str], ...] = (
    ((BadInput, GateFailed, Overtaken), ""),
    ((StorageError,), f"make room, or mend the storage; then {AGAIN}"),
    ((InfrastructureError,), f"`python -m infra.doctor` tells what is amiss; then {AGAIN}"),
    (
        (SteppingstoneError,),
        f"it may be a fault of the program: report it with the logs' traceback; to try once more, {AGAIN}",
    ),
)
"""What to do, by the kind of failure; the first that fits. Those without a word here say it themselves."""
STAYS = (
    "The run was ended from outside, and its servers and batches with it. If it had not come to the step publish, the last "
    f"version stays as it was; to go on, {AGAIN}. Its tables are in runs/ of the data root until they are removed for age"
)


def run_name() -> str:
    """`nightly 2026-11-23 seed 20261123`: the flow, the day that it was to start, and the random seed."""
    settings, day = (flow_run.parameters or {}).get("settings") or Settings(), flow_run.scheduled_start_time
    seed = f"{day:%Y%m%d}" if settings.random_seed is None else settings.random_seed
    return f"{flow_run.flow_name} {day:%Y-%m-%d} seed {seed}"


def explained(flow: Callable[..., Any]) -> Callable[..., Any]:
    """A flow's function, whose exceptions say what to do: their message is what the UI, a notification and a terminal show."""

    @functools.wraps(flow)
    def explaining(*given: Any, **named: Any) -> Any:
        try:
            return flow(*given, **named)
        except Exception as error:
            raise advised(error) from error

    return explaining


def advised(error: Exception) -> SteppingstoneError:
    """A failure with what to do about it. What is none of ours becomes one that names it."""
    if not isinstance(error, SteppingstoneError):
        error = _kind_of(error)(f"{type(error).__name__}: {error}")
    advice = "" if REMEDY in str(error) else next(advice for kinds, advice in ADVICE if isinstance(error, kinds))
    return type(error)(f"{error}\nWhat to do: {advice}") if advice else error


def tag_models(_: Flow[..., Any], run: FlowRun, __: State) -> None:
    """The hook of a run that begins: it can be found by the models whose it is."""
    settings = Settings.model_validate(run.parameters.get("settings") or {})
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, tags=sorted({*run.tags, settings.teacher.model, settings.student.model}))


def _kind_of(error: Exception) -> type[SteppingstoneError]:
    """What another library's exception is to us."""
    if says_full(error):
        return StorageError
    return InfrastructureError if isinstance(error, TimeoutError | httpx.HTTPError) else Unforeseen


def say_what_stays(flow: Flow[..., Any], run: FlowRun, state: State) -> None:
    """The hook of a run that was cancelled or crashed: its state has Prefect's own words, so the log says what they mean."""
    flow_run_logger(run, flow).warning("%s: %s", state.name, STAYS)


HOOKS: dict[str, Any] = {"on_running": [tag_models], "on_cancellation": [say_what_stays], "on_crashed": [say_what_stays]}
"""Those of every flow. A failure needs none: its message says what to do, and nothing is left that has to be cleaned."""
