"""A proxy before the models that answers as many requests as it is told to, and holds the others.

The look that each run takes at its models before it asks them anything is neither counted nor held.
"""

import asyncio
import json
import time

from starlette.requests import Request
from starlette.responses import Response

from tests.chaos.recorder import Recorder, samples_of

STILL_S = 1.5


class Holding(Recorder):
    """`held` counts samples that were asked for and are not paid for yet; `asked`, those that went on to the models."""

    def __init__(self, upstream: str, port: int) -> None:
        super().__init__(upstream, port)
        self.answers = float("inf")
        self.held = 0
        self._moved = time.monotonic()

    def still(self) -> bool:
        """Whether nothing moves any more, because of what is held."""
        return bool(self.held) and time.monotonic() - self._moved > STILL_S

    async def _pass(self, request: Request) -> Response:
        if request.method == "POST" and (samples := samples_of(json.loads(await request.body()))):
            if await self._is_gone(request, len(samples)):
                return Response(status_code=503)
            self.answers -= 1
        answer = await super()._pass(request)
        self._moved = time.monotonic()
        return answer

    async def _is_gone(self, request: Request, samples: int) -> bool:
        """Holds a request; True if its client does not wait any more."""
        self.held, self._moved = self.held + samples, time.monotonic()
        try:
            while self.answers <= 0:
                if await request.is_disconnected():
                    return True
                await asyncio.sleep(0.02)
            return False
        finally:
            self.held -= samples
