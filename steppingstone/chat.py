"""One model, sampled through the OpenAI chat-completions protocol, with a journal between it and us."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from steppingstone import counts
from steppingstone.completions import completions, spent
from steppingstone.errors import PromptRefused, ServerBroughtDown
from steppingstone.journal import Journal, request_key
from steppingstone.records import Completion, Message
from steppingstone.servers import Fleet
from steppingstone.settings import ModelSettings
from steppingstone.spending import Purse, Spent

MOST_MISSING = 1 / 8
FINISHES = frozenset({"stop", "length", "content_filter", "tool_calls"})
"""Counted each by itself; servers may say anything."""


class Chat:
    """One model, sampled. Counts the completions `asked` and `reused`; the asked ones are charged to the purse.

    `random_seed` sets the sampling seed of each sample: the same for the same seed, sample index and prompt.
    """

    def __init__(
        self, settings: ModelSettings, journal: Journal, fleet: Fleet, random_seed: int = 0, purse: Purse | None = None
    ) -> None:
        self.settings = settings
        self.random_seed = random_seed
        self.asked = self.reused = 0
        self._journal = journal
        self._fleet = fleet
        self._purse = purse or Purse()

    async def sample(self, messages: Sequence[Message], count: int, first: int = 0) -> list[Completion | None]:
        """`count` completions of one prompt from sample `first` on; None where the servers failed for good on that one.

        What the journal has is not asked for. Raises `PromptRefused` if the server will not answer this prompt or more than
        the share `MOST_MISSING` of its samples, `ModelServerError` if the servers fail, and `CapReached` if the purse is empty
        before all is asked for. What was answered until then is in the journal.
        """
        key = self._key(messages)
        wanted = range(first, first + count)
        stored = await self._journal.find(key, wanted.stop, self.settings.max_tokens)
        found = {index: stored[index] for index in wanted if index in stored}
        self.reused += len(found)
        if found:
            counts.REUSED.add(self.settings.role, by=len(found))
        missing = [index for index in wanted if index not in found]
        found = found | await self._ask_many(key, messages, missing)
        failures = []
        asking = [self._ask(key, messages, index, 1) for index in missing if index not in found]
        for given in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(given, PromptRefused):
                failures.append(given)
            elif isinstance(given, BaseException):
                raise given
            else:
                found |= given
        if len(failures) > count * MOST_MISSING:
            raise failures[0]
        return [found.get(index) for index in wanted]

    async def _ask_many(self, key: str, messages: Sequence[Message], missing: list[int]) -> dict[int, Completion]:
        """Asks for all missing samples in one request; returns those that the server gave."""
        consecutive = missing == list(range(missing[0], missing[-1] + 1)) if missing else False
        single = self._fleet.single
        if len(missing) < 2 or not consecutive or self.settings.model in single:
            return {}
        try:
            given = await self._ask(key, messages, missing[0], len(missing))
        except ServerBroughtDown:
            # By one of the samples, perhaps: each is asked for alone.
            return {}
        except PromptRefused:
            # Either the server refuses the prompt, and then it does so again, or it refuses to give several samples.
            given = await self._ask(key, messages, missing[0], 1)
        if len(given) == 1:
            single.add(self.settings.model)
        return given

    async def _ask(self, key: str, messages: Sequence[Message], first: int, count: int) -> dict[int, Completion]:
        """One request for samples `first` to `first + count - 1`, charged and journalled; returns those that were given."""
        body = {
            "model": self.settings.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "n": count,
            "seed": self._seed(key, first),
            "max_tokens": self.settings.max_tokens,
            **self.settings.sampling(),
        }
        await self._journal.ready()
        reply = await self._fleet.ask(body, self._purse.check, divisible=count > 1)
        cost = spent(reply, self.settings.prices)
        self._purse.charge(cost)
        given = completions(reply, count)
        self.asked += len(given)
        self._count(given, cost)
        await self._journal.put(key, first, given, self.settings.max_tokens)
        return dict(enumerate(given, first))

    def _count(self, given: Sequence[Completion], cost: Spent) -> None:
        role = self.settings.role
        for finish, number in Counter(each.finish_reason for each in given).items():
            counts.COMPLETIONS.add(role, finish if finish in FINISHES else "other", by=number)
        for kind in ("prompt", "cached", "completion", "reasoning"):
            counts.TOKENS.add(role, kind, by=getattr(cost, kind))
        counts.DOLLARS.add(role, by=cost.dollars)

    def _key(self, messages: Sequence[Message]) -> str:
        # Without max_tokens: a completion that was not cut is the same under any, and the journal looks after those that were.
        model = f"{self.settings.model}@{self.settings.revision}"
        return request_key(messages, model, self.settings.sampling() | {"seed": self.random_seed})

    def _seed(self, key: str, index: int) -> int:
        """Choice i of a request with seed s is sampled with s + i (as vLLM does), so a sample is the same in any request."""
        return (int(key[:7], 16) + index) & 0x7FFFFFFF
