"""A few short requests that show what a server makes of `n`, `seed` and the reasoning effort, and what it counts."""

import asyncio
import time

from steppingstone.completions import spent
from steppingstone.findings import Finding, State
from steppingstone.servers.connection import Connection
from steppingstone.servers.exchange import Fault, Kind, Reply, exchange
from steppingstone.settings import ModelSettings, PriceSettings

PROMPT = "Write forty letters and digits in random order."
SEED, TOKENS = 20_260_324, 32
PATIENCE_S, PAUSE_S, LONGEST_PAUSE_S = 60.0, 1.0, 8.0
Said = tuple[object, object]


class Trial:
    """The requests to one server: three, of which one is for two choices, where it does what vLLM does; else five at most."""

    def __init__(self, name: str, connection: Connection, settings: ModelSettings) -> None:
        self._name, self._connection, self._settings = name, connection, settings
        self._effort = settings.reasoning_effort
        self._thinks = False
        self._findings: list[Finding] = []

    async def findings(self, counted: bool) -> list[Finding]:
        """What is found, up to the first request that is not answered. What can't be told is said to be unknown."""
        try:
            began = time.monotonic()
            first = await self._first()
            if first is not None:
                self._found(State.FINE, f"answers, the first time after {time.monotonic() - began:.1f} s")
                self._look_at_usage(first, counted)
                await self._look_at_samples(first)
        except Fault as fault:
            self._look_at_fault(fault)
        return self._findings

    async def _first(self) -> Reply | None:
        """The reply that the others are compared with; None if the reasoning effort stands in its way."""
        try:
            return await self._ask(SEED, n=2)
        except Fault as fault:
            if fault.kind is not Kind.REFUSED:
                raise
        try:
            return await self._ask(SEED)
        except Fault as fault:
            if fault.kind is not Kind.REFUSED or self._effort is None:
                raise
            await self._ask(SEED, effort=None)
            said = f"reasoning effort: {self._effort!r} is refused, and requests without one are answered; it said: {fault}"
            self._found(State.WRONG, said, "set reasoning_effort to another, or to none by null")
            return None

    async def _look_at_samples(self, first: Reply) -> None:
        """What `n`, `seed` and effort do, by the samples of two seeds, the second of which is asked for again."""
        one, *more = map(_said, first["choices"])
        if not more:
            self._found(State.NOTE, "n: one choice a request, whatever n is; each becomes a request of its own")
        other = more[0] if more else await self._said(SEED + 1)
        again = await self._said(SEED + 1)
        if more and one == other != again:
            said = "n: all choices of a request are alike, so that 32 attempts would be one"
            self._found(State.WRONG, said, "use a server that samples each choice for itself")
            return
        if more:
            self._found(State.FINE, "n: as many choices as are asked for")
        await self._look_at_seed(one != other, other == again, bool(more), again)
        await self._look_at_effort(one != other == again, again)

    async def _look_at_seed(self, differ: bool, repeats: bool, several: bool, again: Said) -> None:
        if differ and repeats:
            return self._found(State.FINE, "seed: the same one gave the same reply, and another another")
        if not differ and repeats:
            why = "the temperature is 0" if not self._settings.temperature else "or it gives all requests one reply"
            return self._found(State.NOTE, f"seed: unknown, as all replies were alike ({why})")
        if several and await self._said(SEED + 1) == again:
            said = "seed: honoured, but choice i of a request is not what seed + i gives by itself"
        else:
            said = "seed: the same one gave two replies"
        return self._found(State.NOTE, f"{said}; a run that is repeated without its journal gets other samples")

    async def _look_at_effort(self, seeded: bool, again: Said) -> None:
        """The same seed with another effort: another reply shows that the effort does something."""
        shown = "reasoning text is given" if self._thinks else "no reasoning text was seen"
        if self._effort is None:
            return self._found(State.FINE, f"reasoning effort: none is sent; {shown}")
        said, another = f"reasoning effort: {self._effort!r} is accepted", "high" if self._effort == "low" else "low"
        unknown = f"{said}; unknown whether it does anything"
        if not seeded:
            return self._found(State.NOTE, f"{unknown}, as no seed holds the rest still; {shown}")
        try:
            changed = await self._said(SEED + 1, another) != again
        except Fault as fault:
            return self._found(State.NOTE, f"{unknown} ({another!r}: {fault}); {shown}")
        if not changed:
            return self._found(State.NOTE, f"{unknown}, as {another!r} gives the same {TOKENS} tokens; {shown}")
        return self._found(State.FINE, f"{said}, and {another!r} gives another reply; {shown}")

    def _look_at_usage(self, reply: Reply, counted: bool) -> None:
        usage, prices = spent(reply, PriceSettings()), self._settings.prices
        if not usage.prompt or not usage.completion:
            to_do = "leave out caps.tokens and caps.dollars, which would never be reached" if counted else ""
            return self._found(State.WRONG if counted else State.NOTE, "usage: the server does not count tokens", to_do)
        details = reply["usage"].get("prompt_tokens_details")
        if isinstance(details, dict) and "cached_tokens" in details:
            return self._found(State.FINE, "usage: tokens are counted, cached ones apart")
        state = State.NOTE if prices.cached < prices.prompt else State.FINE
        return self._found(state, "usage: tokens are counted, but not those that a cache held; all are priced alike")

    def _look_at_fault(self, fault: Fault) -> None:
        if fault.kind is Kind.THROTTLED:
            said = f"what it makes of requests is unknown: it wants fewer of them for now ({fault})"
            self._found(State.NOTE, said, "its other clients are done sooner or later, and a run waits")
        elif fault.kind is Kind.FAILED:
            said = f"did not answer a request for {TOKENS} tokens in {PATIENCE_S:.0f} s: {fault}"
            self._found(State.FAILED, said, "see its log")
        elif fault.kind is Kind.DENIED:
            to_do = f"set ${self._settings.api_key_env}, model and address to what it takes"
            self._found(State.WRONG, f"lets no request in: {fault}", to_do)
        else:
            said = f"refuses such requests as a run sends: {fault}"
            self._found(State.WRONG, said, "change how it is sampled, or the server")

    async def _said(self, seed: int, effort: str | None = "") -> Said:
        return _said((await self._ask(seed, effort=effort))["choices"][0])

    async def _ask(self, seed: int, n: int = 1, effort: str | None = "") -> Reply:
        """The reply to one request, which is sent until it is answered or patience is over. Raises `Fault`."""
        body = {
            "model": self._settings.model,
            "messages": [{"role": "user", "content": PROMPT}],
            "n": n,
            "seed": seed,
            "max_tokens": min(TOKENS, self._settings.max_tokens),
            **self._settings.sampling(),
        }
        if effort is None:
            del body["reasoning_effort"]
        elif effort:
            body["reasoning_effort"] = effort
        over, pause = time.monotonic() + PATIENCE_S, PAUSE_S
        while True:
            try:
                reply = await exchange(self._connection, body, min(self._settings.timeout_s, max(over - time.monotonic(), 1.0)))
            except Fault as fault:
                if fault.kind in (Kind.REFUSED, Kind.DENIED) or time.monotonic() + pause > over:
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
            else:
                self._thinks = self._thinks or _thought(reply)
                return reply

    def _found(self, state: State, said: str, to_do: str = "") -> None:
        self._findings.append(Finding(self._name, state, said, to_do))


def _said(choice: Reply) -> Said:
    message = choice["message"]
    return message.get("content"), message.get("reasoning") or message.get("reasoning_content")


def _thought(reply: Reply) -> bool:
    return any(_said(choice)[1] for choice in reply["choices"]) or bool(spent(reply, PriceSettings()).reasoning)
