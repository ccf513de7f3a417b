"""Connections to one HTTP server, kept open between requests, for any number of threads."""

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from steppingstone.errors import BadInput
from steppingstone.redaction import redacted

CONNECT_S = 10.0
SILENCE = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}
"""A machine that has vanished says nothing: it is noticed after a minute, however long an answer may take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: its status, its body as text, and after how many seconds it wants to be asked again."""

    status: int
    text: str
    retry_after_s: float = 0.0


class Connections:
    """Connections to the server at `url`. A forked copy of the process opens connections of its own."""

    def __init__(self, url: str) -> None:
        try:
            place = urlsplit(url)
            self._host, self._port, self._path = place.hostname or "", place.port, place.path.rstrip("/")
            kinds: dict[str, type[HTTPConnection]] = {"http": HTTPConnection, "https": HTTPSConnection}
            self._kind = kinds[place.scheme]
        except (ValueError, KeyError):
            self._host = ""
        if not self._host:
            raise BadInput(f"{redacted(url)!r} is no address of a server; one is http://grader:8000")
        self._idle: list[HTTPConnection] = []
        self._owner = os.getpid()

    def post(self, path: str, body: bytes, headers: dict[str, str], timeout_s: float) -> Answer:
        """The answer. Raises `OSError` or `http.client.HTTPException` if there is none."""
        connection = self._connection()
        try:
            connection.sock.settimeout(timeout_s)
            connection.request("POST", self._path + path, body, headers)
            reply = connection.getresponse()
            text, after = reply.read().decode("utf-8", "replace"), reply.headers.get("Retry-After", "")
        except BaseException:
            # Its answer may still come, and must never be taken for another request's.
            connection.close()
            raise
        self._idle.append(connection)
        return Answer(reply.status, text, float(after) if after.isdecimal() else 0.0)

    def close(self) -> None:
        """Closes those that are idle."""
        while self._idle:
            with suppress(IndexError):  # another thread was faster
                self._idle.pop().close()

    def _connection(self) -> HTTPConnection:
        if self._owner != os.getpid():
            self._owner, self._idle = os.getpid(), []
        while self._idle:
            with suppress(IndexError):  # another thread was faster
                connection = self._idle.pop()
                if connection.sock:
                    return connection
        connection = self._kind(self._host, self._port, timeout=CONNECT_S)
        connection.connect()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in SILENCE.items():
            connection.sock.setsockopt(socket.IPPROTO_TCP, option, value)
        return connection
