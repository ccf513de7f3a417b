"""Servers that a run starts."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from infra.processes import free_port, server_process
from steppingstone.errors import InfrastructureError


def test_a_server_that_is_killed_is_started_again_and_stopped_in_the_end(tmp_path: Path) -> None:
    port, pid = free_port(), tmp_path / "pid"
    program = f"import os, pathlib, http.server; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); "
    program += f"http.server.HTTPServer(('127.0.0.1', {port}), http.server.SimpleHTTPRequestHandler).serve_forever()"

    def answers() -> bool:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}", timeout=2):
            return True
        return False

    with server_process("a server", [sys.executable, "-c", program], os.environ, tmp_path / "log", answers, restarted=True):
        first = int(pid.read_text())
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while pid.read_text() in ("", str(first)) or not answers():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert not answers()


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no port is free')"]
    with (
        pytest.raises(InfrastructureError, match=r"a server ended with exit code 1; .* no port is free"),
        server_process("a server", command, os.environ, tmp_path / "log", lambda: False),
    ):
        pass
