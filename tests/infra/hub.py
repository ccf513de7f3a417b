"""A server that speaks as much of the Hub's protocol as a push needs, large files by git LFS, and keeps what it is sent."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_of_a_test"


class Hub:
    """What stands in the one repository, by path, after each commit; and what was asked for, in order."""

    def __init__(self) -> None:
        self.url = ""
        self.files: dict[str, bytes] = {}
        self.objects: dict[str, bytes] = {}
        self.created: list[dict[str, Any]] = []
        self.commits: list[str] = []
        self.asked: list[str] = []

    def answer(self, path: str, body: bytes) -> object:
        """The reply to a request: an object that becomes JSON, or None where there is no such address."""
        match path.partition("?")[0].strip("/").split("/"):
            case ["api", "repos", "create"]:
                self.created.append(json.loads(body))
                return {"url": f"{self.url}/datasets/owner/name", "name": "owner/name"}
            case ["api", "validate-yaml"]:
                return {"errors": [], "warnings": []}
            case ["api", "datasets", "owner", "name", "revision", "main"] | ["api", "datasets", "owner", "name"]:
                return {"id": "owner/name", "sha": "0" * 40, "siblings": [{"rfilename": name} for name in self.files]}
            case ["api", "datasets", "owner", "name", "tree", "main"]:
                return [{"type": "file", "path": name, "size": len(told), "oid": "0" * 40} for name, told in self.files.items()]
            case ["api", "datasets", "owner", "name", "preupload", "main"]:
                return {"files": [_uploaded(file["path"]) for file in json.loads(body)["files"]]}
            case ["datasets", "owner", "name.git", "info", "lfs", "objects", "batch"]:
                return {"transfer": "basic", "objects": [self._wanted(told) for told in json.loads(body)["objects"]]}
            case ["objects", oid]:
                self.objects[oid] = body
                return {}
            case ["api", "datasets", "owner", "name", "commit", "main"]:
                return self._commit([json.loads(line) for line in body.splitlines()])
        return None

    def _wanted(self, told: dict[str, Any]) -> dict[str, Any]:
        if told["oid"] in self.objects:
            return told
        return told | {"actions": {"upload": {"href": f"{self.url}/objects/{told['oid']}"}}}

    def _commit(self, lines: list[dict[str, Any]]) -> dict[str, str]:
        for line in lines:
            told = line["value"]
            if line["key"] == "header":
                self.commits.append(told["summary"])
            elif line["key"] == "deletedFile":
                del self.files[told["path"]]
            else:
                content = line["key"] == "file"
                self.files[told["path"]] = base64.b64decode(told["content"]) if content else self.objects[told["oid"]]
        return {"commitUrl": f"{self.url}/datasets/owner/name/commit/abc", "commitOid": "abc"}


@contextmanager
def hub_served() -> Iterator[Hub]:
    """A hub on a port of its own."""
    hub = Hub()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub)) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hub
        server.shutdown()


def _uploaded(path: str) -> dict[str, object]:
    """Parquet goes by LFS, as on the Hub."""
    return {"path": path, "uploadMode": "lfs" if path.endswith(".parquet") else "regular", "shouldIgnore": False}


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            hub.asked.append(f"{self.command} {self.path}")
            # An LFS upload carries no token: its address is the right to it.
            allowed = self.path.startswith("/objects/") or self.headers.get("Authorization") == f"Bearer {TOKEN}"
            answer = hub.answer(self.path, body) if allowed else {"error": "Invalid username or password."}
            told = json.dumps(answer).encode()
            self.send_response(401 if not allowed else 404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 (what the base class looks for)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
