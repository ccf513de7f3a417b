"""One request on its way through a fleet: what has gone wrong with it so far, and for how much longer it is tried."""

import math
import time
from collections.abc import Callable

from steppingstone.servers.exchange import Fault, Kind
from steppingstone.servers.server import Server, backoff

MOST_TRIES = 20
MOST_TRIES_DIVISIBLE = 3


class Request:
    """A request's body, its `check`, and its faults.

    Patience runs from the first fault, or from when every server was set aside or resting while it waited for its turn.
    It does not run while it waits for its turn at servers that work.
    """

    def __init__(
        self, body: dict[str, object], check: Callable[[], None], divisible: bool, ticket: int, patience_s: float
    ) -> None:
        self.body, self.check, self.ticket = body, check, ticket
        self.tried: set[Server] = set()
        """Servers that failed it since it last waited."""
        self.since = math.inf
        """When patience began to run, as `time.monotonic` tells it."""
        self.last: tuple[Server, Fault] | None = None
        """Its last fault, and whose it was."""
        self.failures = 0
        self._divisible, self._patience_s = divisible, patience_s
        self._deadline = self._wait_s = math.inf
        self._alone = self._waits = 0

    @property
    def left_s(self) -> float:
        """Seconds of patience left."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether patience is over."""
        return time.monotonic() >= self._deadline

    @property
    def hopeless(self) -> bool:
        """Whether it has brought servers down often enough that answered others."""
        return self._alone >= (MOST_TRIES_DIVISIBLE if self._divisible else MOST_TRIES)

    def failed(self, server: Server, fault: Fault, others_answered: bool) -> None:
        """Notes a fault, and whether other requests were answered since the one before.

        A server that says 500 to a divisible request alone may do so for one of its parts: that shows once they are divided.
        """
        self._begin(time.monotonic())
        self.last = (server, fault)
        if fault.kind is Kind.FAILED:
            self.failures += 1
            self._alone += others_answered or (self._divisible and fault.what == "500")
        self._wait_s = min(self._wait_s, backoff(self._waits) + (fault.retry_after or 0.0), self.left_s)
        self.tried.add(server)

    def queued(self, seconds: float, usable: bool) -> None:
        """Notes that it waited for its turn, at servers of which one could be used or none."""
        if not usable:
            self._begin(time.monotonic() - seconds)
        elif self.last:
            self._deadline += seconds
        else:
            self.since = self._deadline = math.inf

    def wait_s(self) -> float:
        """Seconds to wait before the next try, at which no server is avoided."""
        wait, self._wait_s = self._wait_s, math.inf
        self._waits += 1
        self.tried.clear()
        return wait

    def _begin(self, now: float) -> None:
        if self._deadline == math.inf:
            self.since = now
            self._deadline = now + self._patience_s
