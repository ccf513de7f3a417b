"""A server of the offline models, as its own process, and a client for it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import openai
import pytest


def start_server(*options: str) -> tuple[subprocess.Popen[str], str]:
    """A server process and its URL, once it listens."""
    command = [sys.executable, "-m", "steppingstone.offline", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server with two workers."""
    process, url = start_server("--workers", "2")
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def client(server: str) -> openai.OpenAI:
    """A client of the server."""
    return openai.OpenAI(base_url=server, api_key="none", max_retries=0)
