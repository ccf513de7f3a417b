"""A command that is killed, as by a machine that goes down: nothing of it is left, and the same command goes on."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from steppingstone.versions import latest
from tests.faults.site import Site, wait_until
from tests.flows.running import SIZE, Run, finished, marked, started
from tests.published import differing

AT_ONCE_S = 20
"""Prefect's client, left alone, tries for some three minutes to tell a server that is gone of the run's end."""


@pytest.fixture(scope="module")
def killed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data root of a run whose outer process alone was killed; its servers and the run are its children."""
    site.models.asked.clear()
    data = tmp_path_factory.mktemp("killed") / "data"
    with started(data, *SIZE, *site.options()) as (process, mark):
        site.models.answers = 12
        wait_until(site.models.still, "the models hold requests")
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: not marked(mark), "all its processes end", AT_ONCE_S)
    site.models.answers = float("inf")
    assert latest(data) is None
    return data


def test_the_same_command_goes_on_and_asks_no_model_twice(killed: Path, site: Site, undisturbed: Run) -> None:
    again = finished(killed, *SIZE, *site.options())
    assert again.code == 0, again.printed
    assert site.models.again == 0
    assert not differing(killed, undisturbed.data)
    with closing(sqlite3.connect(killed / "prefect" / "prefect.db")) as prefect:
        states = prefect.execute("SELECT state_type FROM flow_run ORDER BY created").fetchall()
    assert states == [("CRASHED",), ("COMPLETED",)]
