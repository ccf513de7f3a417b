"""One run that nothing disturbed, which many tests look at and none changes."""

import pytest

from tests.flows.running import SIZE, Run, finished


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = finished(tmp_path_factory.mktemp("undisturbed"), *SIZE)
    assert run.code == 0, run.printed
    return run
