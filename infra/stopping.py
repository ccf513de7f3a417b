"""A run that is stopped in Prefect's UI, where no worker looks after its process: it takes notice itself, and ends."""

import os
import signal
import threading
import time
from contextlib import suppress
from typing import Any

import httpx
from prefect import Flow, State
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled

LOOK_S = 3
STOPPED = "Stopped. What the models said so far is kept: the same command goes on from there."


class UiStop:
    """Ends this process, as SIGTERM does, once somebody cancels the flow run that it runs."""

    def __init__(self) -> None:
        self._run: FlowRun | None = None

    def heed(self, flow: Flow[..., Any], run: FlowRun, state: State[Any]) -> None:
        """To be called, by Prefect, when the run begins."""
        threading.Thread(target=self._watch, args=(run,), name="stop", daemon=True).start()

    def settle(self) -> None:
        """To be called when the run has ended: Prefect calls one that a signal ended crashed, even if it was cancelled."""
        if self._run is not None:
            with suppress(httpx.HTTPError), get_client(sync_client=True) as client:
                client.set_flow_run_state(self._run.id, Cancelled(message=STOPPED), force=True)

    def _watch(self, run: FlowRun) -> None:
        with get_client(sync_client=True) as client:
            while self._run is None:
                time.sleep(LOOK_S)
                # Prefect's server may be away for a while.
                with suppress(httpx.HTTPError, ObjectNotFound):
                    state = client.read_flow_run(run.id).state
                    if state is not None and (state.is_cancelling() or state.is_cancelled()):
                        self._run = run
        os.kill(os.getpid(), signal.SIGTERM)
