"""Which request goes to which server, and when."""

import asyncio
import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from steppingstone.servers.request import Request
from steppingstone.servers.server import Sent, Server
from steppingstone.servers.slots import Slots
from steppingstone.servers.watch import Watch

LOOK_S = 2.0
"""How often it is looked whether requests that wait may go on, and whether their patience is over."""
CLOCK_S = 0.001
"""So much later than needed, lest a timer go off a tick too soon."""


@dataclass(order=True, slots=True)
class _Waiting:
    ticket: int
    request: Request = field(compare=False)
    sent: asyncio.Future[Sent | None] = field(compare=False)
    since: float = field(compare=False)


class Turns:
    """Requests that wait for a slot and a server at once: sent in the order they were asked in, each to the server with
    the fewest outstanding, of those that have not failed it if there is one.
    """

    def __init__(self, servers: Sequence[Server], slots: Slots, watch: Watch) -> None:
        self._servers, self._slots, self._watch = servers, slots, watch
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        slots.join(self)

    def close(self) -> None:
        """Wants no slot any more."""
        self._slots.leave(self)
        if self._timer:
            self._timer.cancel()

    async def take(self, request: Request) -> Sent | None:
        """Waits for the request's turn; None if its patience ends before. Raises what its `check` raises."""
        waiting = _Waiting(request.ticket, request, asyncio.get_running_loop().create_future(), time.monotonic())
        heapq.heappush(self._waiting, waiting)
        self._slots.grant()
        self._look_again()
        try:
            return await waiting.sent
        except asyncio.CancelledError:
            # It may have got its turn, or been told to end, just before it was cancelled.
            if not waiting.sent.cancelled() and not waiting.sent.exception() and (sent := waiting.sent.result()):
                self.give_back(sent)
            raise

    def _look_again(self) -> None:
        """One timer for all that wait: ten thousand with a timer each would keep the loop busy with nothing else."""
        if self._timer is None and (live := [waiting for waiting in self._waiting if not waiting.sent.done()]):
            left = LOOK_S if self._usable() else min(waiting.request.left_s for waiting in live)
            self._timer = asyncio.get_running_loop().call_later(min(LOOK_S, left), self._look)

    def _look(self) -> None:
        """Ends the waiting of requests whose patience is over, or whose `check` says so."""
        self._timer, now, usable = None, time.monotonic(), self._usable()
        for waiting in [waiting for waiting in self._waiting if not waiting.sent.done()]:
            try:
                waiting.request.check()
            except Exception as error:
                waiting.sent.set_exception(error)
                continue
            waiting.request.queued(now - waiting.since, usable)
            waiting.since = now
            if waiting.request.over:
                waiting.sent.set_result(None)
        self._look_again()

    def _usable(self) -> bool:
        return any(server.usable() for server in self._servers)

    def give_back(self, sent: Sent) -> None:
        """Frees the slot and the server of a request that is over, however it ended."""
        sent.server.end(sent)
        if wait := sent.server.wait_s():
            asyncio.get_running_loop().call_later(wait + CLOCK_S, self._slots.grant)
        self._slots.give_back()

    def next_ticket(self) -> int | None:
        """The ticket of the request whose turn it is, if a server is free for it."""
        while self._waiting and self._waiting[0].sent.done():
            heapq.heappop(self._waiting)
        return self._waiting[0].ticket if self._waiting and any(server.free() for server in self._servers) else None

    def send_next(self) -> None:
        """Gives that request a server; but a server that is set aside gets the request that servers failed least."""
        waiting = heapq.heappop(self._waiting)
        if not any(server.outstanding for server in self._servers):
            self._watch.heard()
        free = [server for server in self._servers if server.free()]
        server = min(free, key=lambda server: (server in waiting.request.tried, *server.load()))
        if not server.usable():
            waiting = self._least_failed(waiting)
        waiting.sent.set_result(server.send())

    def _least_failed(self, first: _Waiting) -> _Waiting:
        live = [first, *(waiting for waiting in self._waiting if not waiting.sent.done())]
        least = min(live, key=lambda waiting: (waiting.request.failures, waiting.ticket))
        live.remove(least)
        heapq.heapify(live)
        self._waiting = live
        return least
