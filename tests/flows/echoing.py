"""A proxy before a model server that fails now and then, and then repeats the key that it was sent."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

from steppingstone.servers.trial import PROMPT

OUTAGE_S = 2.5
"""After the first request that it does not deny it fails all for so long, and so is set aside twice."""
FAULTS = {
    3: (429, '{{"error": {{"message": "too many requests with the key {key}"}}}}'),
    7: (400, '{{"error": {{"message": "this prompt is bad, and the key {key} is good"}}}}'),
    9: (200, '{{"choices": "{key}"'),
}
"""Of 16 requests, those that are met so: status and body."""


@dataclass
class Echoing:
    """A running proxy. While it `denies`, it refuses each key."""

    base_url: str = ""
    denies: bool = False


@contextlib.contextmanager
def echoing(upstream: str) -> Iterator[Echoing]:
    """Stands before `upstream` until the block ends."""
    proxy, numbers, since = Echoing(), itertools.count(), list[float]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass(None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if PROMPT.encode() in body:
                # What a run begins with is not what is looked at here.
                return self._pass(body)
            key = self.headers["Authorization"].removeprefix("Bearer ")
            if proxy.denies:
                return self._send(401, f'{{"error": {{"message": "Incorrect API key provided: {key}"}}}}'.encode())
            since.append(time.monotonic())
            fault = FAULTS.get(next(numbers) % 16)
            if time.monotonic() - since[0] < OUTAGE_S:
                self._send(500, f'{{"error": {{"message": "no engine for the key {key}"}}}}'.encode())
            elif fault:
                self._send(fault[0], fault[1].format(key=key).encode())
            else:
                self._pass(body)
            return None

        def _pass(self, body: bytes | None) -> None:
            headers = {"Authorization": self.headers["Authorization"], "Content-Type": "application/json"}
            with urlopen(Request(upstream + self.path.removeprefix("/v1"), body, headers)) as reply:
                self._send(reply.status, reply.read())

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            with contextlib.suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    proxy.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
