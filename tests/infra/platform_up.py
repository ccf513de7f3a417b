"""A platform as `make up` starts it, and somebody who takes what its webhook is told."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from infra.running import Up

ROOT = Path(__file__).parent.parent.parent
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True)
class Platform:
    """What is up, what its start printed, and the messages that came since."""

    data: Path
    up: Up
    printed: str
    messages: list[str]

    def api(self, method: str, path: str, body: object = None) -> Any:
        """What Prefect's server answers. Raises for an error."""
        url = f"{self.up.environment['PREFECT_API_URL']}{path}"
        reply = httpx.request(method, url, json=body, timeout=60)
        for _ in range(20):
            # So Prefect's own client does: its SQLite database is now and then locked.
            if reply.status_code != 503:
                break
            time.sleep(0.5)
            reply = httpx.request(method, url, json=body, timeout=60)
        reply.raise_for_status()
        return reply.json() if reply.content else None

    def deployment(self, name: str) -> dict[str, Any]:
        return dict(self.api("GET", f"/deployments/name/{name}"))

    def start(self, name: str, settings: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Makes a run of a deployment with these settings in place of its own."""
        made = self.deployment(name)
        parameters = {"settings": made["parameters"]["settings"] | settings}
        return dict(self.api("POST", f"/deployments/{made['id']}/create_flow_run", {"parameters": parameters} | more))

    def ended(self, run: dict[str, Any], timeout_s: float = 300) -> dict[str, Any]:
        """The run once it is over."""
        return until(lambda: now if (now := self.run(run))["state_type"] in FINAL else None, timeout_s)

    def run(self, run: dict[str, Any]) -> dict[str, Any]:
        return dict(self.api("GET", f"/flow_runs/{run['id']}"))

    def told(self, *parts: str) -> str:
        """The first message that holds all of this, once it has come."""
        return until(lambda: next((said for said in self.messages if all(part in said for part in parts)), None), 120)


def until(found: Callable[[], Any], timeout_s: float) -> Any:
    deadline = time.monotonic() + timeout_s
    while (value := found()) is None:
        assert time.monotonic() < deadline, "it has not come"
        time.sleep(0.2)
    return value


def command(*options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`python -m infra.up` with these options, as from another terminal each time."""
    foreign = ("PREFECT_", "DASK_", "STEPPINGSTONE_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    words = [sys.executable, "-m", "infra.up", *options]
    return subprocess.run(words, cwd=ROOT, env=clean | env, capture_output=True, text=True, timeout=400, start_new_session=True)


@contextmanager
def receiver() -> Iterator[tuple[str, list[str]]]:
    """The address of a webhook, and the texts that it gets."""
    texts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", texts
        finally:
            server.shutdown()
