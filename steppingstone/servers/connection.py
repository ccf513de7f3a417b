"""The protocol's client for one address."""

import itertools
import os
import ssl

import httpx2
import openai

from steppingstone.errors import BadInput

CONNECT_S = 10
POOLS = 8
"""What a pool does at each request grows with its connections, and a server may have hundreds of them."""
KEPT_S = 4
"""Connections idle for longer are not used again: vLLM and uvicorn close them after 5 s, which a request must not meet."""


class Connection:
    """Clients of one address, taken in turn. Raises `BadInput` if the key can't be sent."""

    def __init__(self, base_url: str, api_key_env: str) -> None:
        verify = httpx2.create_ssl_context()
        self._clients = [client(base_url, api_key_env, verify) for _ in range(POOLS)]
        self._turns = itertools.cycle(self._clients)

    def client(self) -> openai.AsyncOpenAI:
        """The client for the next request."""
        return next(self._turns)

    async def close(self) -> None:
        """Closes all connections."""
        for each in self._clients:
            await each.close()


def client(base_url: str, api_key_env: str, verify: ssl.SSLContext | bool = True, retries: int = 0) -> openai.AsyncOpenAI:
    """One client, which sets no deadline but that of connecting. A server that wants no key gets a placeholder."""
    key = os.environ.get(api_key_env, "").strip() or "none"
    if not (key.isascii() and key.isprintable()):
        raise BadInput(f"the key in ${api_key_env} holds characters that no header can carry; set that variable anew")
    timeout = httpx2.Timeout(None, connect=CONNECT_S)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEPT_S)
    http = openai.DefaultAsyncHttpxClient(timeout=timeout, limits=limits, verify=verify)
    return openai.AsyncOpenAI(base_url=base_url, api_key=key, timeout=timeout, max_retries=retries, http_client=http)
