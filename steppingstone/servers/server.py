"""What is known of one server: how much it takes at once, and whether it is set aside."""

import logging
import math
import random
import time
from dataclasses import dataclass

from steppingstone import counts
from steppingstone.servers.connection import Connection
from steppingstone.servers.exchange import Fault
from steppingstone.servers.limit import Limit
from steppingstone.servers.slots import Slots

_LOG = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3
FIRST_ASIDE_S, LONGEST_ASIDE_S = 1.0, 60.0
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 0.5, 15.0
LOG_S = 10.0
"""Of the faults of one server, one in so many seconds is logged: there may be thousands a minute."""


def backoff(times: int) -> float:
    """Seconds to wait before a further try after `times` earlier waits: exponential, with full jitter."""
    return random.uniform(0, min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** min(times, 30)))


@dataclass(frozen=True, slots=True)
class ServerState:
    """How a server fares. `limit` is how many requests it gets at once, `faults` how many ended without a reply.

    `aside_s` is None, or in how many seconds a set-aside server is tried again; `said` is its last complaint.
    """

    address: str
    limit: int
    outstanding: int
    aside_s: float | None
    faults: int
    said: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that a server has. `probe`: it decides whether a set-aside server is back."""

    server: "Server"
    at: float
    probe: bool


class Server:
    """One server of a fleet.

    When it throttles, its limit halves and it rests for as long as it asked. Failures in a row set it aside, for a second at
    first, and twice as long each time that the one request then sent fails too. Any reply brings it back.
    """

    def __init__(self, address: str, connection: Connection, slots: Slots) -> None:
        self.address = address
        self.connection = connection
        self.outstanding = self.faults = 0
        self.fault: Fault | None = None
        """The last one."""
        self._limit = Limit(slots)
        self._failures = self._cuts = 0
        self._changed_at = self._last_sent_at = -math.inf
        self._ready_at = -math.inf
        self._aside_s = 0.0
        self._probing = self._told = False
        self._logged_at = -math.inf
        counts.SET_ASIDE.add(address, by=0)

    def usable(self) -> bool:
        """Whether it is neither set aside nor resting; it may be full."""
        return not self._aside_s and time.monotonic() >= self._ready_at

    def free(self) -> bool:
        """Whether it can be sent a request now."""
        if time.monotonic() < self._ready_at:
            return False
        return not self._probing if self._aside_s else self.outstanding < self._limit.value

    def load(self) -> tuple[int, float]:
        """The less, the sooner its turn comes."""
        return self.outstanding, self._last_sent_at

    def wait_s(self) -> float:
        """Seconds until it is ready again after resting or being set aside."""
        return max(0.0, self._ready_at - time.monotonic())

    def send(self) -> Sent:
        """Notes that it is sent a request."""
        self.outstanding += 1
        self._probing = probe = bool(self._aside_s)
        self._last_sent_at = time.monotonic()
        return Sent(self, self._last_sent_at, probe)

    def end(self, sent: Sent) -> None:
        """Notes that a request is over, however it ended."""
        self.outstanding -= 1
        if sent.probe:
            self._probing = False

    def replied(self) -> None:
        """Notes a reply."""
        self._failures = self._cuts = 0
        self._come_back()
        self._limit.replied()

    def throttled(self, sent: Sent, fault: Fault) -> None:
        """Notes that it wants fewer requests."""
        self._complain(fault)
        self._come_back()
        if self._limit.halve(sent.at):
            wait = backoff(self._cuts) if fault.retry_after is None else fault.retry_after
            self._cuts += 1
            self._ready_at = time.monotonic() + wait

    def failed(self, sent: Sent, fault: Fault) -> None:
        """Notes a failure; those of requests sent before it was last set aside or came back say nothing new."""
        self._complain(fault)
        if sent.at <= self._changed_at:
            return
        self._failures += 1
        if sent.probe or self._failures >= FAILURES_IN_A_ROW:
            self._set_aside(fault)

    def state(self) -> ServerState:
        """How it fares, for a display."""
        aside = self.wait_s() if self._aside_s else None
        return ServerState(self.address, self._limit.value, self.outstanding, aside, self.faults, str(self.fault or ""))

    def _complain(self, fault: Fault) -> None:
        self.faults += 1
        self.fault = fault
        if fault.at - self._logged_at >= LOG_S:
            self._logged_at = fault.at
            _LOG.info("%s gave no reply (%d times by now), and is asked again: %s", self.address, self.faults, fault)

    def _set_aside(self, fault: Fault) -> None:
        counts.SET_ASIDE.add(self.address)
        # What is over within the first second is not worth a word.
        if self._aside_s and not self._told:
            self._told = True
            _LOG.warning("%s is set aside, for it fails again and again; the last: %s", self.address, fault)
        self._aside_s = min(LONGEST_ASIDE_S, self._aside_s * 2 or FIRST_ASIDE_S)
        self._changed_at = time.monotonic()
        self._ready_at = self._changed_at + self._aside_s

    def _come_back(self) -> None:
        if self._aside_s:
            self._aside_s, self._failures = 0.0, 0
            self._changed_at = self._ready_at = time.monotonic()
        if self._told:
            self._told = False
            _LOG.warning("%s is back", self.address)
