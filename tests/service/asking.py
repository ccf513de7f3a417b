"""Requests to a service, as a program in any language makes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.service.serving import TOKEN

JSON = {"Content-Type": "application/json"}
KNOWN = JSON | {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Reply:
    """A status, headers, and what the body says."""

    status: int
    headers: Mapping[str, str]
    told: Any


def ask(url: str, path: str, body: object = None, headers: Mapping[str, str] = KNOWN, timeout_s: float = 120) -> Reply:
    """GETs a path, or POSTs a body to it: bytes as they are, all else as JSON."""
    place = urlsplit(url)
    connection = HTTPConnection(str(place.hostname), place.port, timeout=timeout_s)
    try:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("GET" if body is None else "POST", path, None if body is None else sent, dict(headers))
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers, json.loads(reply.read()))
    finally:
        connection.close()


def item(problem_id: str, completion: str) -> dict[str, str]:
    """What one completion is asked about by."""
    return {"problem_id": problem_id, "completion": completion}
