"""Requests to a fleet of servers, for tests."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest

from steppingstone.servers import Fleet, Slots

T = TypeVar("T")


def asking(
    base_urls: Sequence[str],
    work: Callable[[Fleet], Awaitable[T]],
    slots: int | Slots = 8,
    timeout_s: float = 10.0,
    patience_s: float = 30.0,
) -> T:
    """What `work` returns, which asks a fleet of these servers on a loop of its own."""

    async def run() -> T:
        fleet = Fleet(base_urls, "NO_KEY", timeout_s, patience_s, Slots(slots) if isinstance(slots, int) else slots)
        try:
            return await work(fleet)
        finally:
            await fleet.close()

    return asyncio.run(run())


def body(seed: int = 0, prompt: str = "why?", n: int = 1) -> dict[str, object]:
    """A request to model m."""
    return {"model": "m", "messages": [{"role": "user", "content": prompt}], "n": n, "seed": seed}


async def ask_all(fleet: Fleet, count: int) -> list[str]:
    """The texts that as many requests get, asked for all at once."""
    replies = await asyncio.gather(*(fleet.ask(body(seed)) for seed in range(count)))
    return [text(reply) for reply in replies]


def text(reply: dict[str, Any]) -> str:
    """The text of a reply's first choice."""
    return str(reply["choices"][0]["message"]["content"])


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes all waits of the client short, in proportion to servers that answer at once."""
    monkeypatch.setattr("steppingstone.servers.server.FIRST_BACKOFF_S", 0.02)
    monkeypatch.setattr("steppingstone.servers.server.LONGEST_BACKOFF_S", 0.1)
    monkeypatch.setattr("steppingstone.servers.server.FIRST_ASIDE_S", 0.05)
    monkeypatch.setattr("steppingstone.servers.server.LONGEST_ASIDE_S", 0.2)
    monkeypatch.setattr("steppingstone.servers.turns.LOOK_S", 0.1)
    monkeypatch.setattr("steppingstone.servers.fleet.LOOK_S", 0.1)
