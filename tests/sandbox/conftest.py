"""One sandbox for all tests of this folder, and the honest program that must still run after every attack."""

from collections.abc import Callable, Iterator

import pytest

from steppingstone.sandbox import ExecutionVerdict, Limits, Outcome, Sandbox

QUICK = Limits(seconds=0.5, memory_mb=64)
HONEST = "def f(x):\n    return sorted({x, 'b', 'a'})"

Attack = Callable[..., Outcome]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(servers=2) as opened:
        yield opened


@pytest.fixture
def attack(sandbox: Sandbox) -> Iterator[Attack]:
    """Run `f()` of a hostile source; then both servers, which take turns, must give the honest program its right value."""

    def run(source: str, limits: Limits = QUICK) -> Outcome:
        return sandbox.call(source, "f", [[]], limits)[0]

    yield run
    for _ in range(2):
        (after,) = sandbox.call(HONEST, "f", [["c"]])
        assert after.verdict is ExecutionVerdict.OK, after
        assert after.text == "['a', 'b', 'c']"
