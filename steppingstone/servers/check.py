"""What can be known of a model's servers before a run: without asking the model anything, and by asking it next to nothing."""

import asyncio

import httpx2
import openai
from openai.types import Model

from steppingstone.errors import BadInput, ModelServerError, SteppingstoneError
from steppingstone.findings import Finding, State, of_error
from steppingstone.servers.connection import Connection
from steppingstone.servers.exchange import content_of, quoted, root_cause
from steppingstone.servers.trial import Trial
from steppingstone.settings import ModelSettings

LIST_S = 20
LONGEST_PROMPT = 10_000
"""Tokens: a statement, or a problem with its summary and a rejected reply, at three characters a token."""


async def examine_model(role: str, settings: ModelSettings, asking: bool = True, counted: bool = False) -> list[Finding]:
    """What is found of each server of a model. `counted`: a cap depends on the tokens that they count.

    Each lists its models, which costs nothing. If `asking`, each is sent three to five requests, too (`Trial`), for some 500
    tokens in all, which no journal keeps and no cap counts.
    """
    looked_at = [_examine_server(f"{role}, {url}", url, settings, asking, counted) for url in settings.base_urls]
    return [finding for findings in await asyncio.gather(*looked_at) for finding in findings]


async def _examine_server(name: str, base_url: str, settings: ModelSettings, asking: bool, counted: bool) -> list[Finding]:
    try:
        asked = Connection(base_url, settings.api_key_env, retries=1)
    except SteppingstoneError as error:
        return [of_error(name, error)]
    async with asked.client:
        try:
            listed = await _listed(asked, settings.api_key_env)
        except SteppingstoneError as error:
            return [of_error(name, error)]
        if settings.model not in listed:
            has = f"has no model {settings.model!r}; it has {', '.join(sorted(listed)) or 'none'}"
            return [Finding(name, State.WRONG, has)]
        found = [_context(name, getattr(listed[settings.model], "max_model_len", None), settings.max_tokens)]
        return found + await Trial(name, asked, settings).findings(counted) if asking else found


async def _listed(asked: Connection, api_key_env: str) -> dict[str, Model]:
    """The models by name. Raises `BadInput`, or `ModelServerError` if the server fails rather than the address or the key."""
    try:
        return {str(model.id): model async for model in await asked.client.models.list(timeout=LIST_S)}
    except (openai.AuthenticationError, openai.PermissionDeniedError):
        # The client's errors quote the server, which may say the key: none is handed on.
        raise BadInput(f"refused the key in ${api_key_env}; set that variable to a valid key") from None
    except openai.APIStatusError as error:
        said = f"does not list its models: {quoted(content_of(error.response, asked.key)) or error.response.status_code}"
        if error.response.status_code >= 500:
            raise ModelServerError(f"{said}; see its log, or wait until it is up") from None
        raise BadInput(f"{said}; does the address end in /v1?") from None
    except openai.APIConnectionError as error:
        # What the transport beneath the client calls a time-out of connecting may be any failure to connect.
        refused = not isinstance(error, openai.APITimeoutError) or isinstance(error.__cause__, httpx2.ConnectTimeout)
        if not refused:
            raise ModelServerError(f"does not list its models within {LIST_S} s; see its log, or start it again") from None
        if isinstance(error.__cause__ and error.__cause__.__cause__, TimeoutError):
            raise BadInput("can't be reached (no answer); is it running, and does a firewall let this machine in?") from None
        cause = root_cause(error, asked.key)
        raise BadInput(f"can't be reached ({cause}); is it running, and does the address end in /v1?") from None
    except (openai.OpenAIError, AttributeError, TypeError, ValueError):
        # A page of another server, say: the client takes whatever came for a list of models.
        raise BadInput("does not list its models; does the address end in /v1?") from None


def _context(name: str, length: object, max_tokens: int) -> Finding:
    """Whether prompts and replies fit together, by vLLM's `max_model_len`; other servers do not tell."""
    wanted = f"{max_tokens:,} tokens of reply (max_tokens) and prompts of up to {LONGEST_PROMPT:,}"
    if not isinstance(length, int):
        return Finding(name, State.NOTE, f"context length: unknown, the server does not tell it; it has to hold {wanted}")
    said = f"context length: {length:,} tokens"
    if length >= max_tokens + LONGEST_PROMPT:
        return Finding(name, State.FINE, f"{said}, which hold {wanted}")
    to_do = f"lower max_tokens to {max(1, length - LONGEST_PROMPT):,}, or raise the server's --max-model-len"
    if length <= max_tokens:
        return Finding(name, State.WRONG, f"{said}, which can't hold {wanted}: every request is refused", to_do)
    return Finding(name, State.NOTE, f"{said}: prompts of more than {length - max_tokens:,} tokens are refused", to_do)
