"""What several tests share: one sandbox for all of them."""

from collections.abc import Iterator

import pytest

from steppingstone.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(2) as running:
        yield running
