"""A Dask cluster on other machines: what its workers could not reach is refused, and it is told what a lost host is."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from infra.services import check_services, environment, models_served
from steppingstone.errors import BadInput
from steppingstone.settings import Settings


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a scheduler that answers, and that is not named as one of this machine."""
    with socket.create_server(("127.0.0.2", 0)) as scheduler:
        address = f"tcp://127.0.0.2:{scheduler.getsockname()[1]}"
        monkeypatch.setenv("DASK_SCHEDULER", address)
        yield address


def test_a_prefect_server_that_the_workers_do_not_reach_is_refused(elsewhere: str) -> None:
    with (
        temporary_settings({PREFECT_API_URL: None}),
        pytest.raises(BadInput, match=f"{elsewhere}, and its workers need"),
    ):
        check_services()


def test_offline_models_that_the_workers_do_not_reach_are_not_started(elsewhere: str) -> None:
    with (
        pytest.raises(BadInput, match=r"offline --host 0\.0\.0\.0 .* name it by teacher\.base_urls and student\.base_urls"),
        models_served(Settings()),
    ):
        pass


def test_the_settings_of_dask_are_those_of_the_file() -> None:
    program = "import dask, distributed; print(dask.config.get('distributed.scheduler.worker-ttl'))"
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "60s\n"
