"""The requests that this process may have in flight, over all models; whoever asked first goes first."""

import itertools
from typing import Protocol


class Line(Protocol):
    """Requests that wait for a slot, by ticket: the lower, the earlier it was asked."""

    def next_ticket(self) -> int | None:
        """The lowest ticket, if that request could be sent now."""

    def send_next(self) -> None:
        """Sends the request of that ticket on its way. It holds a slot until `Slots.give_back`."""


class Slots:
    """At most `size` requests in flight, of which `busy` are. All of it is to be called on one asyncio loop."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.busy = 0
        self.tickets = itertools.count()
        self._lines: list[Line] = []

    def resize(self, size: int) -> None:
        """From now on `size` at most; what is in flight above that ends as it would."""
        self.size = size
        self.grant()

    def join(self, line: Line) -> None:
        """Takes a line in."""
        self._lines.append(line)

    def leave(self, line: Line) -> None:
        """Lets a line go."""
        self._lines.remove(line)

    def give_back(self) -> None:
        """Ends what `Line.send_next` began."""
        self.busy -= 1
        self.grant()

    def grant(self) -> None:
        """Sends what can be sent. To be called whenever a line may have come to be able to send."""
        while self.busy < self.size:
            ready = [(ticket, line) for line in self._lines if (ticket := line.next_ticket()) is not None]
            if not ready:
                return
            self.busy += 1
            min(ready, key=lambda entry: entry[0])[1].send_next()
