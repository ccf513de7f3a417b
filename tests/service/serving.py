"""The grading service as a process of its own."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOKEN = "one-token-for-the-tests"


@dataclass(frozen=True)
class Service:
    """A running service: its address and its process."""

    url: str
    process: subprocess.Popen[str]

    def sandbox_servers(self) -> list[int]:
        """The process ids of its sandbox's servers."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(number) for told in children for number in told.read_text().split()]


@contextlib.contextmanager
def serving(source: Path, *options: str, token: str = TOKEN) -> Iterator[Service]:
    """Starts the service on a free port, and ends it with the block."""
    command = [sys.executable, "-m", "steppingstone.service", str(source), "--port", "0", *options]
    process = subprocess.Popen(command, env=os.environ | {"STEPPINGSTONE_TOKEN": token}, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url), url
        yield Service(url, process)
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()
            process.wait()
