"""The watch over a fleet, so that none of its requests waits for long in silence."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator, Sequence

from steppingstone.servers.request import Request
from steppingstone.servers.server import Server

_LOG = logging.getLogger(__name__)

LOOK_S = 2.0
LONG_S = 60.0
"""After so long without any reply, or in trouble with one request, a warning; the next after twice as long."""


class Watch:
    """Looks at what is asked for as long as anything is."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = servers
        self._asked: set[Request] = set()
        self._quiet_since = 0.0
        self._long_s = LONG_S
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.contextmanager
    def over(self, request: Request) -> Iterator[None]:
        """Watches over a request until the block ends."""
        self._asked.add(request)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        try:
            yield
        finally:
            self._asked.remove(request)

    def heard(self) -> None:
        """Notes a reply, or that the first request after some idleness was sent."""
        self._quiet_since = time.monotonic()

    def stop(self) -> None:
        """Ends the watch."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        if not self._asked:
            return
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        now, in_flight = time.monotonic(), sum(server.outstanding for server in self._servers)
        quiet = now - self._quiet_since if in_flight else 0.0
        troubled = now - min(request.since for request in self._asked)
        if max(quiet, troubled) < LONG_S:
            self._long_s = LONG_S
        elif max(quiet, troubled) >= self._long_s:
            self._long_s *= 2
            what = f"no reply for {quiet:.0f} s" if quiet >= troubled else f"one request has been failing for {troubled:.0f} s"
            said = "; ".join(f"{server.address}: {server.fault or 'no fault'}" for server in self._servers)
            _LOG.warning("%s; %d requests in flight, %d not; %s", what, in_flight, len(self._asked) - in_flight, said)
