"""A model server for tests: real HTTP on a loopback port, answers by a function of the request's body."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass
class Said:
    """One answer: its status, body and headers. `body` may be bytes that are no JSON."""

    body: Body | bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ModelServer:
    """A running server and the bodies that it was sent."""

    base_url: str
    requests: list[Body]


def choices(*texts: object, finish: str | None = "stop", **message: object) -> Body:
    """A chat completion with these choices, ten prompt tokens, and a token for each character."""
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {"index": i, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
            for i, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": sum(len(str(text or "")) for text in texts), "total_tokens": 0},
    }


@contextlib.contextmanager
def serving(
    answer: Callable[[Body], Said | Body], models: tuple[str, ...] = ("m",), max_model_len: int | None = None
) -> Iterator[ModelServer]:
    """Serves `answer` on POST and a list of `models` on GET until the block ends."""
    seen: list[Body] = []
    told = {"object": "model", "created": 0, "owned_by": "us"} | ({"max_model_len": max_model_len} if max_model_len else {})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(body)
            said = answer(body)
            self._send(said if isinstance(said, Said) else Said(said))

        def do_GET(self) -> None:
            if not self.path.endswith("/v1/models"):
                return self._send(Said({"error": {"message": "no such route"}}, 404))
            if self.headers.get("Authorization") == "Bearer wrong":
                return self._send(Said({"error": {"message": "Incorrect API key provided"}}, 401))
            return self._send(
                Said(
                    {
                        "object": "list",
                        "data": [told | {"id": name} for name in models],
                    }
                )
            )

        def _send(self, said: Said) -> None:
            content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
                **said.headers,
            }.items():
                self.send_header(name, value)
            with contextlib.suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 256

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield ModelServer(f"http://127.0.0.1:{server.server_port}/v1", seen)
    finally:
        server.shutdown()
        server.server_close()
