"""A real server's model, sampled by our client."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steppingstone.chat import Chat
from steppingstone.journal import Journal
from steppingstone.records import Completion, Message
from steppingstone.servers import Fleet, Slots
from steppingstone.servers.exchange import Reply
from steppingstone.settings import StudentSettings

ASKED = (Message("system", "You are terse."), Message("user", "Write a function that adds two numbers."))
TOKENS = 200


@dataclass(frozen=True, slots=True)
class Sampled:
    """What came of it. `single`: the models found to give one choice a request; `requests`: how many choices each was for."""

    completions: list[Completion]
    single: set[str]
    requests: list[object]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Reasoning and text of each completion."""
        return [(each.reasoning, each.text) for each in self.completions]


def sample(
    url: str, journal: Path, count: int, *prompts: Sequence[Message], random_seed: int = 0, **settings: object
) -> Sampled:
    """`count` samples of each prompt, one prompt after the other; of the model `tiny`, unless `settings` say otherwise."""
    chosen = {"model": "tiny", "max_tokens": TOKENS, "timeout_s": 300.0, "patience_s": 0.0, **settings}
    model = StudentSettings(base_urls=(url,), **chosen)  # type: ignore[arg-type]
    return asyncio.run(_sample(model, journal, count, prompts or (ASKED,), random_seed))


async def _sample(
    model: StudentSettings, folder: Path, count: int, prompts: Sequence[Sequence[Message]], random_seed: int
) -> Sampled:
    journal, fleet = Journal(folder), _Noted(model.base_urls, model.api_key_env, model.timeout_s, model.patience_s, Slots(64))
    chat = Chat(model, journal, fleet, random_seed)
    try:
        found = [completion for prompt in prompts for completion in await chat.sample(prompt, count)]
    finally:
        await fleet.close()
        journal.close()
    return Sampled([completion for completion in found if completion], fleet.single, fleet.asked)


class _Noted(Fleet):
    """A fleet that notes how many choices each request was for."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.asked: list[object] = []

    async def ask(self, body: dict[str, object], check: Callable[[], None] = lambda: None, divisible: bool = False) -> Reply:
        self.asked.append(body["n"])
        return await super().ask(body, check, divisible)
