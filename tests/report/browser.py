"""A real browser without a window: what a page becomes in it, what it complains of, and what it asks the network for."""

import shutil
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

OWN = (".google.com", ".googleapis.com", ".gvt1.com")
"""Whom the browser asks by itself, whatever page is open."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "chromium-headless-shell")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

needs_browser = pytest.mark.skipif(
    BROWSER is None, reason=f"none of {', '.join(NAMES)} is here; on Debian: apt-get install chromium"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page's elements as HTML once its scripts ran, what was said on its console, and the addresses that were asked for."""

    html: str
    console: tuple[str, ...]
    asked: tuple[str, ...]


def look(page: Path, fragment: str, profile: Path) -> Seen:
    """Opens a page from disk."""
    return look_at(page.as_uri() + fragment, profile)


def look_at(address: str, profile: Path, *options: str) -> Seen:
    """Opens a page. A proxy takes every request that leaves the machine; none is passed on."""
    asked: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _recorder(asked)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
            f"--user-data-dir={profile}", f"--proxy-server=http://127.0.0.1:{server.server_port}", *options, "--dump-dom",
            address,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
        server.shutdown()
    console = tuple(line for line in done.stderr.splitlines() if ":CONSOLE" in line)
    return Seen(done.stdout, console, tuple(address for address in asked if not any(host in address for host in OWN)))


def _recorder(asked: list[str]) -> type[BaseHTTPRequestHandler]:
    class Recorder(BaseHTTPRequestHandler):
        def _record(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_GET = do_POST = do_CONNECT = do_HEAD = _record  # noqa: N815 (what the base class looks for)

        def log_message(self, *_: object) -> None:
            pass

    return Recorder
