"""How the server behaves, whatever it serves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from steppingstone.offline.faults import Faults
from steppingstone.offline.protocol import ChatRequest


class Source(Protocol):
    """What makes the replies."""

    @property
    def models(self) -> Sequence[str]:
        """The names that it answers to."""

    async def replies(self, request: ChatRequest) -> list[str]:
        """One text a choice."""

    def stop(self) -> None:
        """Ends whatever it runs."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """How the server behaves: `start` starts its source, `faults` spoil replies, `latency` (s) and `slots` delay them.

    A `single` one gives one choice a request whatever `n` says, as llama.cpp's and transformers' servers do.
    """

    start: Callable[[], Source]
    faults: Faults
    latency: float = 0.0
    slots: int | None = None
    api_key: str = ""
    single: bool = False
