"""Models behind the OpenAI chat-completions protocol, with a journal between them and us."""

import asyncio
import os
from collections.abc import Sequence

import openai
from openai.types.chat import ChatCompletion

from steppingstone.errors import BadInput, ModelServerError, PromptRefused
from steppingstone.journal import Journal, request_key
from steppingstone.records import Completion, Message
from steppingstone.settings import ModelSettings

MOST_MISSING = 1 / 8
RETRIES = 4
"""Further tries after 429, 5xx and lost connections, with the client's own jittered waits that honour Retry-After."""


class Chat:
    """One model, sampled. `requests` limits the requests in flight and may be shared by several models.

    `random_seed` sets the sampling seed of each sample: the same for the same seed, sample index and prompt.
    """

    def __init__(self, settings: ModelSettings, journal: Journal, requests: asyncio.Semaphore, random_seed: int = 0) -> None:
        if not settings.base_urls:
            raise BadInput(f"model {settings.model!r} has no base_url, and no offline server was started for it")
        self.settings = settings
        self.random_seed = random_seed
        self.asked = self.reused = 0
        self._journal = journal
        self._requests = requests
        self._many_at_once = True
        self._client = client(settings)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def sample(self, messages: Sequence[Message], count: int) -> list[Completion | None]:
        """`count` completions of one prompt, in order; None where the server failed for good on that one sample.

        What the journal has is not asked for. Raises `PromptRefused` if the server will not answer this prompt, and
        `ModelServerError` if more than the share `MOST_MISSING` of the samples is missing: that is an outage.
        """
        key = request_key(
            messages, f"{self.settings.model}@{self.settings.revision}", self._sampling() | {"seed": self.random_seed}
        )
        found = await self._journal.find(key, count, self.settings.max_tokens)
        missing = [index for index in range(count) if index not in found]
        self.reused += len(found)
        missing = await self._ask_many(key, messages, missing)
        failures = [error for error in await asyncio.gather(*(self._ask_one(key, messages, i) for i in missing)) if error]
        found = await self._journal.find(key, count, self.settings.max_tokens)
        completions = [found.get(index) for index in range(count)]
        if completions.count(None) > count * MOST_MISSING:
            raise failures[0]
        return completions

    async def _ask_many(self, key: str, messages: Sequence[Message], missing: list[int]) -> list[int]:
        """Asks for all missing samples in one request; returns those still missing, which the server would not give."""
        consecutive = missing == list(range(missing[0], missing[-1] + 1)) if missing else False
        if len(missing) < 2 or not consecutive or not self._many_at_once:
            return missing
        try:
            given = await self._request(key, messages, missing[0], len(missing))
        except PromptRefused:
            # Either the server refuses the prompt, and then it does so again, or it refuses to give several samples.
            given = await self._request(key, messages, missing[0], 1)
        except ModelServerError:
            return missing
        if given < len(missing):
            self._many_at_once = False
        return missing[given:]

    async def _ask_one(self, key: str, messages: Sequence[Message], index: int) -> ModelServerError | None:
        try:
            given = await self._request(key, messages, index, 1)
        except ModelServerError as error:
            return error
        return None if given else ModelServerError(f"{self.settings.base_urls[0]} answered without choices")

    async def _request(self, key: str, messages: Sequence[Message], first: int, count: int) -> int:
        """One request for samples `first` to `first + count - 1`, journalled; returns how many the server gave."""
        async with self._requests:
            try:
                reply = await self._client.chat.completions.create(
                    model=self.settings.model,
                    messages=[{"role": message.role, "content": message.content} for message in messages],
                    n=count,
                    seed=self._seed(key, first),
                    **self._sampling(),  # type: ignore[call-overload]
                )
                completions = _completions(reply)[:count]
            except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
                refused = isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError)
                raise (PromptRefused if refused else ModelServerError)(
                    f"{self.settings.base_urls[0]}, model {self.settings.model}: {_said(error)}"
                ) from error
        self.asked += len(completions)
        await self._journal.put(key, first, completions, self.settings.max_tokens)
        return len(completions)

    def _seed(self, key: str, index: int) -> int:
        """Choice i of a request with seed s is sampled with s + i (as vLLM does), so a sample is the same in any request."""
        return (int(key[:7], 16) + index) & 0x7FFFFFFF

    def _sampling(self) -> dict[str, object]:
        settings = self.settings
        sampling: dict[str, object] = {
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "max_tokens": settings.max_tokens,
        }
        if settings.reasoning_effort is not None:
            sampling["reasoning_effort"] = settings.reasoning_effort
        return sampling


def client(settings: ModelSettings, retries: int = RETRIES) -> openai.AsyncOpenAI:
    """The protocol's client for one model's server. A server that wants no key gets a placeholder."""
    key = os.environ.get(settings.api_key_env, "").strip() or "none"
    if not (key.isascii() and key.isprintable()):
        raise BadInput(f"the key in ${settings.api_key_env} holds characters that no header can carry; set that variable anew")
    return openai.AsyncOpenAI(base_url=settings.base_urls[0], api_key=key, timeout=settings.timeout_s, max_retries=retries)


async def check_model(settings: ModelSettings) -> None:
    """Raises `BadInput` if the server can't be reached, refuses the key, or does not list the model."""
    where = f"model server {settings.base_urls[0]}"
    probe = client(settings, retries=1)
    try:
        listed = [model.id async for model in await probe.models.list(timeout=20)]
    except openai.AuthenticationError as error:
        raise BadInput(f"{where} refused the key in ${settings.api_key_env}; set that variable to a valid key") from error
    except openai.APIConnectionError as error:
        raise BadInput(f"{where} can't be reached ({_said(error)}); is it running, and does the address end in /v1?") from error
    except openai.OpenAIError as error:
        raise BadInput(f"{where} does not list its models: {_said(error)}; does the address end in /v1?") from error
    finally:
        await probe.close()
    if settings.model not in listed:
        raise BadInput(f"{where} has no model {settings.model!r}; it has {', '.join(sorted(listed)) or 'none'}")


def _completions(reply: ChatCompletion) -> list[Completion]:
    """The choices of a reply; usage, which is of the whole request, is shared over them."""
    texts = [_text(choice.message.content) for choice in reply.choices]
    thoughts = [_reasoning(choice.message) for choice in reply.choices]
    prompt = (reply.usage.prompt_tokens if reply.usage else 0) or 0
    completion = (reply.usage.completion_tokens if reply.usage else 0) or 0
    spent = _shares(completion, [len(text) + len(thought) for text, thought in zip(texts, thoughts, strict=True)])
    given = _shares(prompt, [1] * len(texts))
    return [
        Completion(text, choice.finish_reason or "stop", given[i], spent[i], thoughts[i])
        for i, (text, choice) in enumerate(zip(texts, reply.choices, strict=True))
    ]


def _reasoning(message: object) -> str:
    """The reasoning text, which is no field of OpenAI's own: `reasoning` in vLLM, `reasoning_content` in older servers."""
    return _text(getattr(message, "reasoning", None) or getattr(message, "reasoning_content", None))


def _text(content: object) -> str:
    """Text as tables and prompts can hold it: lone surrogates escaped. Some servers send a list of parts, or nothing."""
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "").encode("utf-8", "backslashreplace").decode()


def _shares(total: int, weights: list[int]) -> list[int]:
    """Whole numbers in proportion to the weights (plus one each) that add up to the total."""
    shares: list[int] = []
    left, rest = total, sum(weights) + len(weights)
    for weight in weights:
        share = left * (weight + 1) // rest
        shares.append(share)
        left, rest = left - share, rest - weight - 1
    return shares


def _said(error: Exception) -> str:
    body = error.body if isinstance(error, openai.APIError) else None
    message = body.get("message") if isinstance(body, dict) else None
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
    return " ".join(str(message or cause).split())[:300] or type(error).__name__
