"""How many requests a server gets at once: fewer when it throttles, and more again as it replies."""

import math
import time

from steppingstone.servers.slots import Slots

GROWTH = 16


class Limit:
    """All slots at first. Halved for all requests sent before that, and never below 1.

    With each limit's worth of replies it grows: by one (AIMD), and above 16 by a part of itself too, lest a limit of
    hundreds take hours to come back.
    """

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._value = math.inf
        self._replies = 0
        self._halved_at = -math.inf

    @property
    def value(self) -> int:
        """Most requests at once."""
        return int(min(self._value, self._slots.size))

    def replied(self) -> None:
        """Notes a reply."""
        self._replies += 1
        if self._replies >= self._value:
            self._value, self._replies = self._value + 1 + self._value // GROWTH, 0
            if self._value >= self._slots.size:
                self._value = math.inf

    def halve(self, sent_at: float) -> bool:
        """Halves it, unless that was done since the request that was sent then. Returns whether it was halved."""
        if sent_at <= self._halved_at:
            return False
        self._value, self._replies = max(1, self.value // 2), 0
        self._halved_at = time.monotonic()
        return True
