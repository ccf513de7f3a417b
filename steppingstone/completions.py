"""A reply of the protocol as completions, and what it cost."""

from typing import Any

from steppingstone.records import Completion
from steppingstone.settings import PriceSettings
from steppingstone.spending import Spent

MOST_TOKENS = 2**31 - 1


def completions(reply: dict[str, Any], count: int) -> list[Completion]:
    """The first `count` choices of a checked reply; usage, which is of the whole request, is shared over them.

    Reasoning text is no field of OpenAI's own: it is `reasoning` in vLLM, `reasoning_content` in older servers.
    """
    choices = reply["choices"][:count]
    messages = [choice["message"] for choice in choices]
    texts = [_text(message.get("content")) for message in messages]
    thoughts = [_text(message.get("reasoning") or message.get("reasoning_content")) for message in messages]
    usage = spent(reply, PriceSettings())
    prompt, cached = (_shares(total, [1] * len(choices)) for total in (usage.prompt, usage.cached))
    reasoning = _shares(usage.reasoning, [len(thought) for thought in thoughts])
    lengths = [len(text) + (0 if usage.reasoning else len(thought)) for text, thought in zip(texts, thoughts, strict=True)]
    answer = _shares(usage.completion - usage.reasoning, lengths)
    return [
        Completion(
            text=texts[i],
            finish_reason=_text(choice.get("finish_reason")) or "stop",
            prompt_tokens=prompt[i],
            completion_tokens=answer[i] + reasoning[i],
            reasoning=thoughts[i],
            cached_tokens=cached[i],
            reasoning_tokens=reasoning[i],
        )
        for i, choice in enumerate(choices)
    ]


def spent(reply: dict[str, Any], prices: PriceSettings) -> Spent:
    """What a reply's usage comes to. What the server does not count is 0."""
    usage = _object(reply.get("usage"))
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    cached = min(prompt, _count(_object(usage.get("prompt_tokens_details")), "cached_tokens"))
    reasoning = min(completion, _count(_object(usage.get("completion_tokens_details")), "reasoning_tokens"))
    return Spent(prompt, cached, completion, reasoning, prices.dollars(prompt, cached, completion))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value <= MOST_TOKENS else 0


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
