"""A server that speaks S3, as a process of its own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import fsspec
import pytest

from infra.processes import free_port, server_process


@contextmanager
def serving_s3(log: Path, host: str = "127.0.0.1") -> Iterator[Any]:
    """Runs one with a bucket `nights`, to which s3:// leads here and in processes started meanwhile; gives a client."""
    port = free_port()
    address = f"http://{host}:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", host, "-p", str(port)]
    with pytest.MonkeyPatch.context() as patch, server_process("S3", command, os.environ, log, lambda: _answers(address)):
        patch.setenv("AWS_ENDPOINT_URL", address)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        # fsspec keeps its clients, and with them the address of another server.
        fsspec.get_filesystem_class("s3").clear_instance_cache()
        filesystem = fsspec.filesystem("s3", use_listings_cache=False)
        filesystem.mkdir("nights")
        yield filesystem


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except URLError:
        return False
