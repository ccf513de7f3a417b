"""How many requests are served at once, how long each takes, and a count of it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator

from starlette.requests import ClientDisconnect, Request

from steppingstone.offline.faults import until_gone


class Load:
    """Serves at most `slots` requests at once (None: all), the others in the order of arrival, each for `latency` seconds.

    It takes longer only where computing the reply does.
    """

    def __init__(self, latency: float = 0.0, slots: int | None = None) -> None:
        self._latency, self._slots = latency, slots
        self._places = asyncio.Semaphore(slots) if slots else contextlib.nullcontext()
        self._served = self._completions = self._in_flight = self._peak = self._busy = 0
        self._busy_seconds = 0.0
        self._began = self._changed_at = time.monotonic()

    @contextlib.contextmanager
    def arrival(self) -> Iterator[None]:
        """A request is in flight until the block ends, whether it is served, waits, or meets a fault."""
        self._in_flight += 1
        self._peak = max(self._peak, self._in_flight)
        try:
            yield
        finally:
            self._in_flight -= 1

    @contextlib.asynccontextmanager
    async def service(self, request: Request, choices: int) -> AsyncIterator[None]:
        """Waits for a slot; after the block, until the latency is over. Raises `ClientDisconnect`."""
        async with self._places:
            due = asyncio.get_running_loop().time() + self._latency
            self._change(1)
            try:
                yield
                if self._latency:
                    await _stay(request, due)
                self._served += 1
                self._completions += choices
            finally:
                self._change(-1)

    def stats(self) -> dict[str, object]:
        """What was served. `busy_slot_seconds` over `seconds` is how many requests were served at once on average."""
        self._change(0)
        return {
            "seconds": time.monotonic() - self._began,
            "slots": self._slots,
            "served": self._served,
            "completions": self._completions,
            "busy_slot_seconds": self._busy_seconds,
            "in_flight": self._in_flight,
            "peak_in_flight": self._peak,
        }

    def _change(self, by: int) -> None:
        now = time.monotonic()
        self._busy_seconds += self._busy * (now - self._changed_at)
        self._changed_at = now
        self._busy += by


async def _stay(request: Request, due: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(due):
            await until_gone(request)
            raise ClientDisconnect
