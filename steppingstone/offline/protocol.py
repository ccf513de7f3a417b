"""The chat-completions protocol: requests read and checked, replies and errors in its shape."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

TEACHER = "offline-teacher"
STUDENT = "offline-student"
MODELS = (TEACHER, STUDENT)
CHARACTERS_PER_TOKEN = 4
MAX_CHOICES = 256
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")


class ProtocolError(Exception):
    """A request that cannot be served: HTTP status, and the fields of the protocol's error object."""

    def __init__(self, status: int, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.param, self.code = status, message, param, code

    def body(self) -> dict[str, Any]:
        """The error as the protocol writes it."""
        kinds = {401: "authentication_error", 404: "not_found_error", 500: "server_error", 503: "server_error"}
        kind = kinds.get(self.status, "invalid_request_error")
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A checked request. `messages` are pairs of role and text; `seed` None means random."""

    model: str
    messages: tuple[tuple[str, str], ...]
    n: int
    seed: int | None
    max_tokens: int | None
    effort: str


def read_request(body: object, models: Sequence[str] = MODELS) -> ChatRequest:
    """The request of a JSON body. Raises `ProtocolError`: 404 for an unknown model, 400 for anything else."""
    if not isinstance(body, dict):
        raise ProtocolError(400, "the body must be a JSON object")
    model = body.get("model")
    if not isinstance(model, str):
        raise ProtocolError(400, "`model` must be a string", "model")
    if model not in models:
        raise ProtocolError(
            404, f"The model `{model}` does not exist; there are {', '.join(models)}", "model", "model_not_found"
        )
    if body.get("stream"):
        raise ProtocolError(400, "this server does not stream; leave `stream` out", "stream")
    _check_temperature(body.get("temperature"))
    limit = _integer(body, "max_completion_tokens", 1, 2**31) or _integer(body, "max_tokens", 1, 2**31)
    n = _integer(body, "n", 1, MAX_CHOICES) or 1
    seed = _integer(body, "seed", -(2**63), 2**63)
    return ChatRequest(model, _read_messages(body.get("messages")), n, seed, limit, _read_effort(body))


def _integer(body: dict[str, Any], name: str, low: int, high: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if type(value) is not int or not low <= value <= high:
        raise ProtocolError(400, f"`{name}` must be an integer from {low} to {high}, not {value!r}", name)
    return value


def _check_temperature(value: object) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 2):
        raise ProtocolError(400, f"`temperature` must be a number from 0 to 2, not {value!r}", "temperature")


def _read_effort(body: dict[str, Any]) -> str:
    effort = body.get("reasoning_effort") or "low"
    if effort not in EFFORTS:
        raise ProtocolError(400, f"`reasoning_effort` must be one of {', '.join(EFFORTS)}", "reasoning_effort")
    return str(effort)


def _read_messages(messages: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(messages, list) or not messages:
        raise ProtocolError(400, "`messages` must be a list with at least one message", "messages")
    return tuple(_read_message(message) for message in messages)


def _read_message(message: object) -> tuple[str, str]:
    role = message.get("role") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(role, str):
        raise ProtocolError(400, "each message must be an object with `role` and `content`", "messages")
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content if isinstance(part, dict) and part.get("type") == "text")
    if not isinstance(content, str):
        raise ProtocolError(400, "`content` must be a string or a list of text parts", "messages")
    return role, content


def tokens(text: str) -> int:
    """Tokens as this server counts them: four characters make one, and what is left over makes another."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def completion(request: ChatRequest, texts: Sequence[str]) -> dict[str, Any]:
    """The reply object. The prompt's tokens are counted once, however many choices there are."""
    cut = [_cut(text, request.max_tokens) for text in texts]
    prompt = sum(tokens(text) for _, text in request.messages)
    answered = sum(tokens(text) for text, _ in cut)
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.model,
        "choices": [_choice(index, text, reason) for index, (text, reason) in enumerate(cut)],
        "usage": {"prompt_tokens": prompt, "completion_tokens": answered, "total_tokens": prompt + answered},
    }


def _choice(index: int, text: str, reason: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"index": index, "message": message, "finish_reason": reason, "logprobs": None}


def _cut(text: str, limit: int | None) -> tuple[str, str]:
    if limit is None or tokens(text) <= limit:
        return text, "stop"
    return text[: limit * CHARACTERS_PER_TOKEN], "length"


def model_list(models: Sequence[str]) -> dict[str, Any]:
    """The models route's reply."""
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "steppingstone"} for name in models]
    return {"object": "list", "data": data}
