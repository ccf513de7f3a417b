"""A proxy before a model server that knows what was asked for, how often, and what was in flight when something was killed."""

import asyncio
import contextlib
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from steppingstone.servers.trial import PROMPT

SETTLE_S = 1.0
"""What was answered this short a time ago may not be in the journal yet."""


class Recorder:
    """Counts each sample that was asked for by prompt, model and sampling seed."""

    def __init__(self, upstream: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.asked: Counter[str] = Counter()
        self.at_risk = 0
        self._upstream = upstream
        self._open: Counter[str] = Counter()
        self._port = port

    @property
    def again(self) -> int:
        """How many samples were asked for that had been asked for before."""
        return sum(self.asked.values()) - len(self.asked)

    def killed(self) -> None:
        """Something was killed just now: what is in flight may be asked for again."""
        self.at_risk += sum(self._open.values())

    @contextlib.contextmanager
    def serving(self) -> Iterator["Recorder"]:
        """Listens until the block ends."""
        routes = [Route("/v1/{path:path}", self._pass, methods=["GET", "POST"])]
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=self._port, log_level="critical", backlog=2048))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join()

    async def _pass(self, request: Request) -> Response:
        body = await request.body()
        samples = samples_of(json.loads(body)) if request.method == "POST" else []
        self.asked.update(samples)
        self._open.update(samples)
        try:
            async with httpx.AsyncClient(timeout=None) as client:
                url = f"{self._upstream}/{request.path_params['path']}"
                answer = await client.request(request.method, url, content=body, headers={"Content-Type": "application/json"})
        except httpx.HTTPError as error:
            # It was never given, so to ask again is no waste.
            self.asked.subtract(samples)
            self._forget(samples)
            return JSONResponse({"error": {"message": f"upstream: {error!r}"}}, 503)
        asyncio.get_running_loop().call_later(SETTLE_S, self._forget, samples)
        return Response(answer.content, answer.status_code, media_type="application/json")

    def _forget(self, samples: list[str]) -> None:
        self._open.subtract(samples)


def samples_of(body: dict[str, Any]) -> list[str]:
    """One name a choice: choice i of a request with seed s is what a request with seed s + i gives. None of the check's."""
    if body["messages"][0]["content"] == PROMPT:
        return []
    prompt = hashlib.sha256(json.dumps([body["model"], body["messages"]]).encode()).hexdigest()[:16]
    return [f"{prompt}:{body['seed'] + index}" for index in range(body.get("n") or 1)]
