"""What the tests of the servers share."""

import pytest

from tests.asking import hurry


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)
