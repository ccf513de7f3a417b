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


class Connection:
    """One client, which sets no deadline but that of connecting. A server that wants no key gets a placeholder.

    Its requests go through aiohttp, which takes some 40% less CPU for each. `retries` are those of the client itself.
    Raises `BadInput` if the key can't be sent.
    """

    def __init__(self, base_url: str, api_key_env: str, retries: int = 0) -> None:
        self.key = os.environ.get(api_key_env, "").strip() or "none"
        if not (self.key.isascii() and self.key.isprintable()):
            raise BadInput(f"the key in ${api_key_env} holds characters that no header can carry; set that variable anew")
        timeout = httpx2.Timeout(None, connect=CONNECT_S)
        limits = httpx2.Limits(max_connections=UNBOUNDED, keepalive_expiry=KEPT_S)
        self._http = openai.DefaultAioHttpClient(timeout=timeout, limits=limits)
        self.client = openai.AsyncOpenAI(
            base_url=base_url, api_key=self.key, timeout=timeout, max_retries=retries, http_client=self._http
        )
        self._url = self.client.base_url.join("chat/completions")
        headers = self.client.default_headers | {"Authorization": f"Bearer {self.key}"}
        self._headers = httpx2.Headers({name: value for name, value in headers.items() if isinstance(value, str)})

    async def post(self, body: bytes) -> httpx2.Response:
        """The whole response to one chat-completions request, whatever its status. Raises what the transport raises.

        It is what the client would send, by the transport beneath it: the client's own layers take as much CPU again.
        """
        return await self._http.post(self._url, headers=self._headers, content=body)

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.close()
