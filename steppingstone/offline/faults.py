"""Faults that the server commits on purpose, drawn for each request: `--fault KIND=RATE`.

    rate-limit, rate-limit-bare   429, with Retry-After: 1 or without
    error-500, overloaded         500; 503
    refuse                        closes the connection without a reply
    reset                         resets the connection in the middle of the reply
    stall, drip                   never replies, until the client goes; as drip it sends a byte from time to time
    malformed, html               half of the reply's JSON; 502 with an HTML page
    no-choices, fewer-choices     a reply without choices; with the first half of them
    null-content                  no content, no reasoning and no tokens spent
    content-type                  the right reply, as text/plain
    reasoning-only, cut           reasoning without content; half of each text, cut by length

The first eight are committed instead of computing a reply, the others on the reply that would have been given.
"""

import asyncio
import json
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from steppingstone.offline.protocol import ProtocolError

DRIP_S = 0.05
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
Reply = dict[str, Any]
Instead = Callable[[Request], Awaitable[Response]]


class OpenHTTP(H11Protocol):
    """HTTP that lets the application get at the connection, as `state.transport` of a request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = self.app_state | {"transport": transport}
        super().connection_made(transport)


async def until_gone(request: Request) -> None:
    """Waits until the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Instead:
    async def answer(_request: Request) -> Response:
        return JSONResponse(ProtocolError(status, message).body(), status, headers)

    return answer


async def _refuse(request: Request) -> Response:
    request.state.transport.abort()
    return await _stall(request)


async def _reset(request: Request) -> Response:
    transport = request.state.transport
    transport.write(HEAD + b'{"choices": [{"index": 0, "mess')
    # Lingering for no time at all makes the kernel send RST where it would have sent FIN.
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return await _refuse(request)


async def _stall(request: Request) -> Response:
    await until_gone(request)
    return Response()


async def _drip(request: Request) -> Response:
    request.state.transport.write(HEAD)
    gone = asyncio.ensure_future(until_gone(request))
    while not (await asyncio.wait({gone}, timeout=DRIP_S))[0]:
        request.state.transport.write(b" ")
    return Response()


INSTEAD: dict[str, Instead] = {
    "rate-limit": _error(429, "too many requests", {"Retry-After": "1"}),
    "rate-limit-bare": _error(429, "too many requests"),
    "error-500": _error(500, "something broke"),
    "overloaded": _error(503, "overloaded"),
    "refuse": _refuse,
    "reset": _reset,
    "stall": _stall,
    "drip": _drip,
}
"""Faults for which no reply is computed."""


def _choices(reply: Reply, choices: list[Reply], **usage: int) -> Response:
    return JSONResponse(reply | {"choices": choices, "usage": reply["usage"] | usage})


def _say(reply: Reply, say: Callable[[str], Reply], finish: str = "stop", **usage: int) -> Response:
    return _choices(
        reply,
        [c | {"finish_reason": finish, "message": c["message"] | say(c["message"]["content"])} for c in reply["choices"]],
        **usage,
    )


ON_REPLY: dict[str, Callable[[Reply], Response]] = {
    "malformed": lambda reply: Response(json.dumps(reply)[:-20], media_type="application/json"),
    "html": lambda reply: Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, media_type="text/html"),
    "no-choices": lambda reply: _choices(reply, []),
    "fewer-choices": lambda reply: _choices(reply, reply["choices"][: len(reply["choices"]) // 2]),
    "null-content": lambda reply: _say(reply, lambda text: {"content": None}, completion_tokens=0),
    "content-type": lambda reply: Response(json.dumps(reply), media_type="text/plain"),
    "reasoning-only": lambda reply: _say(reply, lambda text: {"content": None, "reasoning": text}),
    "cut": lambda reply: _say(reply, lambda text: {"content": text[: len(text) // 2]}, finish="length"),
}
"""Faults of the reply that would have been given."""

KINDS = (*INSTEAD, *ON_REPLY)


class Faults:
    """Draws faults by their rates: the n-th request meets the same fault for the same seed.

    Raises `ValueError` for a kind that there is not, and for rates below 0 or, together, above 1.
    """

    def __init__(self, rates: Mapping[str, float], seed: int = 0) -> None:
        for kind, rate in rates.items():
            if kind not in KINDS:
                raise ValueError(f"there is no fault {kind!r}; there are {', '.join(KINDS)}")
            if not 0 <= rate <= 1:
                raise ValueError(f"the rate of {kind} is {rate:g}, and must be from 0 to 1")
        if sum(rates.values()) > 1 + 1e-9:
            raise ValueError(f"the rates of all faults come to {sum(rates.values()):g}, which is more than 1")
        self.counts: Counter[str] = Counter()
        self._kinds: list[str | None] = [None, *rates]
        self._weights = [max(0.0, 1 - sum(rates.values())), *rates.values()]
        self._random = Random(seed)

    def draw(self) -> str | None:
        """The fault of the next request, or None."""
        (kind,) = self._random.choices(self._kinds, self._weights)
        if kind is not None:
            self.counts[kind] += 1
        return kind
