"""The HTTP server: routes, key, and an end that leaves no process behind."""

import asyncio
import hmac
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from steppingstone.offline.conduct import Conduct
from steppingstone.offline.faults import INSTEAD, ON_REPLY, OpenHTTP
from steppingstone.offline.load import Load
from steppingstone.offline.protocol import ProtocolError, completion, model_list, read_request
from steppingstone.offline.workers import watch

BACKLOG = 2048


def serve(host: str, port: int, conduct: Conduct, parent_pid: int = 0) -> None:
    """Listens, prints the URL on one line, and serves until SIGTERM, SIGINT or the end of the process `parent_pid`."""
    listener = socket.create_server((host, port), backlog=BACKLOG)
    # As asyncio does for its own sockets. Else each reply's body waits 40 ms for its head to be acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    url = f"http://{host}:{listener.getsockname()[1]}/v1"
    if parent_pid:
        watch(parent_pid, lambda: os.kill(os.getpid(), signal.SIGTERM))
    # Uvicorn raises the signal again after its shutdown; an ordinary exit then lets multiprocessing clean up in quiet.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        application(conduct, url),
        http=OpenHTTP,
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=1,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


def application(conduct: Conduct, url: str) -> Starlette:
    """The application; its source lives as long as its lifespan."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.source = conduct.start()
        app.state.api_key, app.state.faults = conduct.api_key, conduct.faults
        app.state.single = conduct.single
        app.state.load = Load(conduct.latency, conduct.slots)
        print(url, flush=True)
        try:
            yield
        finally:
            app.state.source.stop()

    routes = [
        Route("/health", _health),
        Route("/stats", _stats),
        Route("/v1/models", _models),
        Route("/v1/models/{name}", _model),
        Route("/v1/chat/completions", _chat, methods=["POST"]),
    ]
    handlers = {ProtocolError: _failed, ClientDisconnect: _unheard, HTTPException: _refused, Exception: _broken}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)  # type: ignore[arg-type]


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _stats(request: Request) -> Response:
    state = request.app.state
    return JSONResponse(state.load.stats() | {"faults": dict(state.faults.counts)})


async def _models(request: Request) -> Response:
    _check_key(request)
    return JSONResponse(model_list(request.app.state.source.models))


async def _model(request: Request) -> Response:
    _check_key(request)
    name = request.path_params["name"]
    for entry in model_list(request.app.state.source.models)["data"]:
        if entry["id"] == name:
            return JSONResponse(entry)
    raise ProtocolError(404, f"The model `{name}` does not exist", "model", "model_not_found")


async def _chat(request: Request) -> Response:
    _check_key(request)
    state = request.app.state
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ProtocolError(400, f"the body is no JSON: {error}") from error
    asked = read_request(body, state.source.models)
    if state.single:
        asked = replace(asked, n=1)
    fault = state.faults.draw()
    with state.load.arrival():
        if fault in INSTEAD:
            return await INSTEAD[fault](request)
        async with state.load.service(request, asked.n):
            reply = completion(asked, await state.source.replies(asked))
    return ON_REPLY[fault](reply) if fault in ON_REPLY else JSONResponse(reply)


def _check_key(request: Request) -> None:
    expected = request.app.state.api_key
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if expected and not hmac.compare_digest(given.encode(), expected.encode()):
        raise ProtocolError(401, "Incorrect API key provided", code="invalid_api_key")


async def _failed(_request: Request, error: ProtocolError) -> Response:
    return JSONResponse(error.body(), error.status)


async def _unheard(_request: Request, _error: ClientDisconnect) -> Response:
    return Response()


async def _refused(_request: Request, error: HTTPException) -> Response:
    return JSONResponse(ProtocolError(error.status_code, str(error.detail)).body(), error.status_code)


async def _broken(_request: Request, error: Exception) -> Response:
    return JSONResponse(ProtocolError(500, f"the offline model failed: {error!r}").body(), 500)
