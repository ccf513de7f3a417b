"""The protocol's client for one address."""

import os

import httpx2
import openai

from steppingstone.errors import BadInput

CONNECT_S = 10
KEPT_S = 4
"""Connections idle for longer are not used again: vLLM and uvicorn close them after 5 s, which a request must not meet."""
UNBOUNDED = 0
"""As aiohttp's connector says it. How many requests a server gets at once is not the connections' business."""


def client(base_url: str, api_key_env: str, retries: int = 0) -> openai.AsyncOpenAI:
    """One client, which sets no deadline but that of connecting. A server that wants no key gets a placeholder.

    Its requests go through aiohttp, which takes some 40% less CPU for each. Raises `BadInput` if the key can't be sent.
    """
    key = os.environ.get(api_key_env, "").strip() or "none"
    if not (key.isascii() and key.isprintable()):
        raise BadInput(f"the key in ${api_key_env} holds characters that no header can carry; set that variable anew")
    timeout = httpx2.Timeout(None, connect=CONNECT_S)
    limits = httpx2.Limits(max_connections=UNBOUNDED, keepalive_expiry=KEPT_S)
    http = openai.DefaultAioHttpClient(timeout=timeout, limits=limits)
    return openai.AsyncOpenAI(base_url=base_url, api_key=key, timeout=timeout, max_retries=retries, http_client=http)
