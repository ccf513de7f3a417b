"""One request to one server: the checked reply, or what went wrong as a `Fault`."""

import asyncio
import json
import math
import os
import re
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from enum import Enum
from itertools import takewhile
from typing import Any

import httpx2

from steppingstone.redaction import HIDDEN, LEAST, redacted
from steppingstone.servers.connection import Connection

Reply = dict[str, Any]


class Kind(Enum):
    """What a fault calls for."""

    REFUSED = "the server will not answer this request, however often it is asked"
    DENIED = "it answers no request: the key, the model's name or the address is wrong"
    THROTTLED = "it is well, and wants fewer requests"
    FAILED = "it failed, and may fare better with the same request later"


class Fault(Exception):
    """A request without a reply. `what` names the fault, `said` quotes the server, `retry_after` is in seconds.

    `outcome` is timeout, connection, malformed or the status.
    """

    def __init__(
        self, kind: Kind, what: str, said: str = "", retry_after: float | None = None, outcome: str = "malformed"
    ) -> None:
        super().__init__(f"{what}; it said: {said}" if said else what)
        self.kind, self.what, self.said, self.retry_after, self.outcome = kind, what, said, retry_after, outcome
        self.at = time.monotonic()


async def exchange(connection: Connection, body: dict[str, object], timeout_s: float) -> Reply:
    """The reply to one chat-completions request, whole within `timeout_s`, with at least one choice. Raises `Fault`.

    Where the server says the key that it was sent, nobody hears it: the transport's errors, which may quote it, end here.
    """
    asked = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    try:
        async with asyncio.timeout(timeout_s):
            response = await connection.post(asked)
    except TimeoutError:
        raise Fault(Kind.FAILED, f"no whole reply within {timeout_s:g} s", outcome="timeout") from None
    except Exception as error:
        # The transport lets errors of aiohttp, of the system and of what unpacks the body through, which share no base.
        raise Fault(Kind.FAILED, root_cause(error, connection.key), outcome="connection") from None
    content = content_of(response, connection.key)
    if not response.is_success:
        raise _status_fault(response, content)
    return checked(content)


def content_of(response: httpx2.Response, key: str) -> bytes:
    """A response's body, without the key if the server repeats it."""
    return response.content.replace(key.encode(), HIDDEN.encode()) if len(key) >= LEAST else response.content


def checked(content: bytes) -> Reply:
    """The reply in a body whatever its Content-Type, its choices in the order of their indexes. Raises `Fault`."""
    try:
        reply: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Fault(Kind.FAILED, "a reply that is no JSON", quoted(content)) from error
    choices = reply.get("choices") if isinstance(reply, dict) else None
    choices = [choice for choice in choices if _is_choice(choice)] if isinstance(choices, list) else []
    if not choices:
        raise Fault(Kind.FAILED, "a reply without choices", quoted(content))
    checked_reply: Reply = reply | {"choices": _in_order(choices)}
    if _is_void(checked_reply):
        raise Fault(Kind.FAILED, "a reply without content, reasoning or tokens", quoted(content))
    return checked_reply


def _is_choice(choice: object) -> bool:
    return isinstance(choice, dict) and isinstance(choice.get("message"), dict)


def _in_order(choices: list[Reply]) -> list[Reply]:
    """By index, up to the first that is missing: choice i is sample i. As they came where indexes say nothing."""
    by_index = {choice["index"]: choice for choice in choices if type(choice.get("index")) is int}
    if len(by_index) < len(choices) or 0 not in by_index:
        return choices
    return [by_index[index] for index in takewhile(by_index.__contains__, range(len(choices)))]


def _is_void(reply: Reply) -> bool:
    """Nothing said, nothing thought and nothing spent: the server failed. With tokens spent it is the model's own answer."""
    usage = reply.get("usage")
    if isinstance(usage, dict) and usage.get("completion_tokens"):
        return False
    return all(
        choice["message"].get("content") is None
        and not choice["message"].get("reasoning")
        and not choice["message"].get("reasoning_content")
        and choice.get("finish_reason") != "length"
        for choice in reply["choices"]
    )


def _status_fault(response: httpx2.Response, content: bytes) -> Fault:
    status, retry_after = response.status_code, _retry_after(response.headers.get("retry-after"))
    if status in (400, 413, 422):
        kind = Kind.REFUSED
    elif status == 429 or (status == 503 and retry_after is not None):
        kind = Kind.THROTTLED
    elif 400 <= status < 500 and status not in (408, 409, 425):
        kind = Kind.DENIED
    else:
        kind = Kind.FAILED
    return Fault(kind, str(status), quoted(content), retry_after, str(status))


def _retry_after(value: str | None) -> float | None:
    """Seconds from now; the header gives seconds or a date (RFC 9110, 10.2.3). None if it gives neither."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def quoted(content: bytes) -> str:
    """What a body says, in at most 300 characters: the message of a JSON error, or the text without its markup."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    message = next(_messages(body), None) or re.sub(rb"(?s)<(style|script).*?</\1>|<[^>]*>", b" ", content[:4000]).decode(
        "utf-8", "replace"
    )
    return " ".join(message.split())[:300]


def _messages(body: object) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for name in ("error", "message", "detail"):
            yield from _messages(body.get(name))


def root_cause(error: BaseException, key: str = "") -> str:
    """What lies beneath an error of the client: `Connection refused`, say. Without the key, if it is repeated."""
    while isinstance(beneath := error.__cause__ or error.__context__, Exception):
        error = beneath
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return " ".join(redacted(str(error), [key]).split())[:300] or type(error).__name__
