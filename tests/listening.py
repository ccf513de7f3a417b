"""Whoever waits for a batch, in tests."""

from collections.abc import Callable
from typing import Any

from steppingstone.batches import Pulse


class Listening:
    """Keeps what is reported, and listens as long as it is told to."""

    def __init__(self, listens: Callable[[], bool] = lambda: True) -> None:
        self.events: list[Any] = []
        self.pulses: list[Pulse] = []
        self.listens = listens

    def hear(self, event: Any) -> None:
        (self.pulses if isinstance(event, Pulse) else self.events).append(event)
