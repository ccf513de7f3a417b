"""The folder of a Prefect server that a command starts: one for each that runs at the same time, and what others left there."""

import fcntl
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed

UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
LEFT = "Its process ended without a word: it was killed, or the machine went down. The same command goes on from there."


@contextmanager
def own_folder(data_root: Path) -> Iterator[Path]:
    """`prefect` under the data root, or `prefect-2` and so on while others have those: two servers on one SQLite file fail."""
    for number in itertools.count(1):
        folder = data_root.resolve() / (f"prefect-{number}" if number > 1 else "prefect")
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield folder
            return


def end_what_was_left(url: str) -> None:
    """Tells a server that has just started, and on which nothing runs yet, that what it takes for running has ended."""
    chosen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY)))
    with SyncPrefectClient(url) as client:
        for run in client.read_flow_runs(flow_run_filter=chosen):
            client.set_flow_run_state(run.id, Crashed(message=LEFT), force=True)
