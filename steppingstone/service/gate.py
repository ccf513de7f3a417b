"""Who is turned away before anything is made of a request: without the token, too large a body, too much held already."""

import hmac

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steppingstone.service.refusals import refusal

OPEN = "/health"
"""What is told without a token."""
BODIES = 8
"""As many bodies of the largest size are held at once, in requests that may be many more."""


class Gate:
    """Lets requests through that bear `token` (empty: all do), with bodies of at most `most` bytes."""

    def __init__(self, app: ASGIApp, token: str, most: int) -> None:
        self._app, self._token, self._most, self._held = app, token.encode(), most, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI wants it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            size = len(message.get("body", b""))
            read, self._held = read + size, self._held + size
            self._check_size(read)
            return message

        try:
            self._check_token(scope)
            self._check_size(int(Headers(scope=scope).get("content-length", "0")))
        except HTTPException as error:
            return await (await refusal(Request(scope), error))(scope, receive, send)
        try:
            return await self._app(scope, bounded, send)
        finally:
            self._held -= read

    def _check_token(self, scope: Scope) -> None:
        kind, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        given = given.strip() if kind.lower() == "bearer" else ""
        if self._token and scope["path"] != OPEN and not hmac.compare_digest(given.encode(), self._token):
            said = "this needs the service's token: send it as `Authorization: Bearer TOKEN`"
            raise HTTPException(401, said, {"WWW-Authenticate": "Bearer"})

    def _check_size(self, size: int) -> None:
        if size > self._most:
            raise HTTPException(413, f"a body of more than {self._most:,} bytes; send fewer completions at a time")
        if self._held + size > BODIES * self._most:
            raise HTTPException(503, "too many requests are being read; come again", {"Retry-After": "1"})
