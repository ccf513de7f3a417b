"""Runs that are stopped, and what they stand on restarted: one after the other on one data root, where nothing is lost."""

import signal
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.schemas.objects import State
from prefect.states import Crashed

from tests.faults.site import Site, wait_until
from tests.flows.running import ATTEMPTS, ROUNDS, SEEDS, SIZE, Run, bearing, marked, started
from tests.published import differing

REQUESTS = 6
"""That are answered before each stop."""


@dataclass(frozen=True)
class Stopped:
    """What became of a run: its state, what of its processes was left, and the samples that were asked for after the stop."""

    state: State
    left: list[str]
    asked: int
    printed: str = ""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stopping") / "data"


@pytest.fixture(scope="module")
def deployment(site: Site, data: Path) -> UUID:
    site.models.asked.clear()
    size = {"rounds": ROUNDS, "attempts": ATTEMPTS}
    return site.deploy("stopping", {"data_root": str(data), "seeds": {"count": SEEDS}, "generation": size})


def hold(site: Site) -> None:
    """Lets the run come to the middle of things."""
    site.models.answers = REQUESTS
    wait_until(site.models.still, "the models hold requests")


def let_go(site: Site) -> int:
    """Answers what is held; returns how many samples more are asked for until no batch runs any more."""
    expected = site.models.asked.total() + site.models.held
    site.models.answers = float("inf")
    wait_until(lambda: site.idle() and not site.models.held, "the batches end")
    return site.models.asked.total() - expected


def processes(run: UUID) -> list[str]:
    return bearing(f"PREFECT__FLOW_RUN_ID={run}")


@pytest.fixture(scope="module")
def command_stopped(site: Site, data: Path, deployment: UUID) -> Stopped:
    """A run of the command line, stopped in the UI."""
    with started(data, *SIZE, *site.options(), env=site.env) as (process, mark):
        hold(site)
        run = site.running()
        site.stop(run)
        printed, _ = process.communicate(timeout=60)
        assert process.returncode == 130, printed
        return Stopped(site.state(run), marked(mark), let_go(site), printed)


@pytest.fixture(scope="module")
def deployed(site: Site, deployment: UUID, command_stopped: Stopped) -> tuple[UUID, UUID]:
    """A run of a deployment in the middle of things, and a second one that was begun meanwhile."""
    site.worker.keep()
    run = site.begin(deployment)
    hold(site)
    second = site.begin(deployment)
    wait_until(lambda: site.state(second).is_final(), "the second run is turned away")
    return run, second


@pytest.fixture(scope="module")
def deployed_stopped(site: Site, deployed: tuple[UUID, UUID]) -> Stopped:
    """A run of a deployment, stopped in the UI."""
    run, _ = deployed
    site.stop(run)
    wait_until(lambda: site.state(run).is_final(), "the run is stopped", 60)
    wait_until(lambda: not processes(run), "its process ends", 60)
    return Stopped(site.state(run), processes(run), let_go(site))


@pytest.fixture(scope="module")
def worker_restarted(site: Site, deployment: UUID, deployed_stopped: Stopped) -> Stopped:
    """A run whose Prefect worker is ended as an upgrade does it, and another started. Then it is called crashed, as the
    automation for runs of which nothing is heard does.
    """
    run = site.begin(deployment)
    hold(site)
    assert site.worker.process is not None
    site.worker.process.send_signal(signal.SIGTERM)
    site.worker.process.wait(60)
    site.worker.keep()
    wait_until(lambda: not processes(run), "the run's process ends", 60)
    stopped = Stopped(site.state(run), processes(run), let_go(site))
    site.prefect.set_flow_run_state(run, Crashed(), force=True)
    return stopped


@pytest.fixture(scope="module")
def completed(site: Site, deployment: UUID, worker_restarted: Stopped) -> State:
    """A run that goes on from those, and in the middle of which a Dask worker is ended in good order, and another started."""
    run = site.begin(deployment)
    hold(site)
    dask = site.services["worker 0"]
    assert dask.process is not None
    site.models.killed()
    # It is answered while the worker ends, which hears it or does not.
    site.models.at_risk += site.models.held
    dask.process.send_signal(signal.SIGTERM)
    site.models.answers = float("inf")
    dask.process.wait(60)
    dask.keep()
    wait_until(lambda: site.state(run).is_final(), "the run ends")
    return site.state(run)


def test_a_command_stopped_in_the_ui_ends_and_is_called_cancelled(command_stopped: Stopped) -> None:
    assert command_stopped.state.is_cancelled()
    assert "the same command goes on from there" in command_stopped.printed


def test_a_deployed_run_stopped_in_the_ui_ends_and_is_called_cancelled(deployed_stopped: Stopped) -> None:
    assert deployed_stopped.state.is_cancelled()


def test_of_a_deployment_one_run_goes_on_and_the_second_is_told_why_it_does_not(
    site: Site, deployed: tuple[UUID, UUID]
) -> None:
    state = site.state(deployed[1])
    assert state.is_cancelled()
    assert "concurrency limit" in (state.message or "")


def test_a_worker_that_is_ended_ends_its_run_without_a_word(worker_restarted: Stopped) -> None:
    assert worker_restarted.state.is_running()


@pytest.mark.parametrize("stop", ["command_stopped", "deployed_stopped", "worker_restarted"])
def test_nothing_is_left_of_it_and_nothing_more_is_asked_for(stop: str, request: pytest.FixtureRequest) -> None:
    stopped: Stopped = request.getfixturevalue(stop)
    assert not stopped.left
    assert not stopped.asked


def test_run_again_it_ends_in_the_tables_of_an_undisturbed_run(completed: State, data: Path, undisturbed: Run) -> None:
    assert completed.is_completed(), completed
    assert not differing(data, undisturbed.data)


def test_no_more_is_asked_twice_than_was_in_flight_as_the_worker_ended(completed: State, site: Site) -> None:
    assert site.models.again <= site.models.at_risk
