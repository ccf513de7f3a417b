"""What several tests share: one sandbox for all of them, and one run."""

import json
import signal
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from steppingstone.sandbox import Sandbox
from tests.flows.running import SIZE, Run, finished

# A script's background jobs ignore Ctrl-C, and so would all that the tests start in one
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.sandbox.attacks.arena.summary"]


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


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Half a surrogate pair, which tests are about, is not to be sent from one process of pytest to another."""
    told = yield
    return json.loads(json.dumps(told, ensure_ascii=False, default=str).encode("utf-8", "replace"))
