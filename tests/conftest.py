"""What several tests share: one sandbox for all of them, and one run."""

from collections.abc import Iterator

import pytest

from steppingstone.sandbox import Sandbox
from tests.flows.running import SIZE, Run, finished

pytest_plugins = ["tests.sandbox.attacks.summary"]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(2) as running:
        yield running


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run that nothing disturbed, which many tests look at and none changes."""
    run = finished(tmp_path_factory.mktemp("undisturbed"), *SIZE)
    assert run.code == 0, run.printed
    return run
