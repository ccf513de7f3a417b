"""All servers of a model, asked as if they were one that rarely fails."""

import asyncio
import time
from collections.abc import Callable, Sequence

from steppingstone import counts
from steppingstone.errors import BadInput, ModelServerError, PromptRefused, ServerBroughtDown
from steppingstone.servers.connection import Connection
from steppingstone.servers.exchange import Fault, Kind, Reply, exchange
from steppingstone.servers.request import Request
from steppingstone.servers.server import Sent, Server, ServerState
from steppingstone.servers.slots import Slots
from steppingstone.servers.turns import LOOK_S, Turns
from steppingstone.servers.watch import Watch
from steppingstone.settings import ModelSettings

LIVES_S = 30.0


class Fleet:
    """The servers of one model or of several, on one asyncio loop.

    A request that a server failed goes to another at once if there is one, else it waits, until `patience_s` is over.
    `single` holds the models that are known to give one choice a request, whatever n is.
    """

    def __init__(self, base_urls: Sequence[str], api_key_env: str, timeout_s: float, patience_s: float, slots: Slots) -> None:
        if not base_urls:
            raise BadInput("a model has no base_urls, and no offline server was started for it")
        self.single: set[str] = set()
        self._servers = [Server(url, Connection(url, api_key_env), slots) for url in base_urls]
        self._api_key_env, self._timeout_s, self._patience_s = api_key_env, timeout_s, patience_s
        self._tickets = slots.tickets
        self._watch = Watch(self._servers)
        self._turns = Turns(self._servers, slots, self._watch)
        self._replies = 0
        self._answered: dict[object, dict[str, object]] = {}
        """By model, the request that was answered last."""

    async def close(self) -> None:
        """Closes the connections; to be called once nothing is asked any more."""
        self._turns.close()
        self._watch.stop()
        for server in self._servers:
            await server.connection.close()

    def state(self) -> list[ServerState]:
        """How each server fares."""
        return [server.state() for server in self._servers]

    async def ask(self, body: dict[str, object], check: Callable[[], None] = lambda: None, divisible: bool = False) -> Reply:
        """The reply to one chat-completions request, with at least one choice.

        `check` is called before each sending and while the request waits; what it raises ends the request. `divisible`:
        it could be asked in parts, so that fewer failures are enough.
        Raises `PromptRefused` if a server calls the request bad, `ServerBroughtDown` if servers failed it again and again
        and answered others, `ModelServerError` once patience is over, or at once if a server lets no request in.
        """
        request = Request(body, check, divisible, next(self._tickets), self._patience_s)
        replies = self._replies
        with self._watch.over(request):
            while sent := await self._turns.take(request):
                try:
                    return await self._send(request, sent)
                except Fault as fault:
                    self._raise_if_final(request, sent.server, fault)
                    again = sent.server in request.tried
                    request.failed(sent.server, fault, self._replies > replies)
                replies = self._replies
                if request.hopeless or request.over:
                    break
                if again or not any(server.usable() for server in self._servers if server not in request.tried):
                    await _pause(request)
        raise await self._verdict(request)

    async def _send(self, request: Request, sent: Sent) -> Reply:
        try:
            request.check()
            reply = await exchange(sent.server.connection, request.body, self._timeout_s)
        except Fault as fault:
            counts.REQUESTS.add(sent.server.address, fault.outcome)
            if fault.kind is Kind.THROTTLED:
                sent.server.throttled(sent, fault)
            elif fault.kind is Kind.FAILED:
                sent.server.failed(sent, fault)
            elif fault.kind is Kind.REFUSED:
                sent.server.replied()
            raise
        else:
            counts.REQUESTS.add(sent.server.address, "ok")
            counts.REQUEST_SECONDS.add(time.monotonic() - sent.at, sent.server.address)
            sent.server.replied()
            self._watch.heard()
            self._replies += 1
            self._answered[request.body["model"]] = request.body
            return reply
        finally:
            self._turns.give_back(sent)

    def _raise_if_final(self, request: Request, server: Server, fault: Fault) -> None:
        where = f"{server.address}, model {request.body['model']}"
        if fault.kind is Kind.REFUSED:
            raise PromptRefused(f"{where}: {fault}")
        if fault.kind is Kind.DENIED:
            raise ModelServerError(f"{where}: {fault} (the key is that of ${self._api_key_env})")

    async def _verdict(self, request: Request) -> ModelServerError:
        where = f"{', '.join(server.address for server in self._servers)}, model {request.body['model']}"
        if request.hopeless or await self._lives(request):
            tries = f"{request.failures} tries failed, while other requests were answered"
            return ServerBroughtDown(f"{where}: {request.last[1] if request.last else ''}; {tries}")
        faults = [request.last[1]] if request.last else [server.fault for server in self._servers if server.fault]
        fault, seconds = max(faults, key=lambda fault: fault.at), time.monotonic() - request.since
        said = f"; it said: {fault.said}" if fault.said else ""
        return ModelServerError(f"{where}: {fault.what} for {seconds:.{0 if seconds >= 10 else 1}f} s{said}")

    async def _lives(self, request: Request) -> bool:
        """Whether the server that failed a request last answers one that was answered before: then it is no outage."""
        known = self._answered.get(request.body["model"])
        if known is None or request.last is None or request.failures < 2 or request.last[1].kind is not Kind.FAILED:
            return False
        try:
            await exchange(request.last[0].connection, known | {"n": 1, "max_tokens": 1}, min(LIVES_S, self._timeout_s))
        except Fault:
            return False
        return True


async def _pause(request: Request) -> None:
    until = time.monotonic() + request.wait_s()
    while (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(left, LOOK_S))
        request.check()


class Fleets:
    """The fleets of a process; one for all models that have addresses, key and times in common."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._fleets: dict[object, Fleet] = {}

    def of(self, model: ModelSettings) -> Fleet:
        """The fleet of a model."""
        key = (frozenset(model.base_urls), model.api_key_env, model.timeout_s, model.patience_s)
        if key not in self._fleets:
            self._fleets[key] = Fleet(model.base_urls, model.api_key_env, model.timeout_s, model.patience_s, self._slots)
        return self._fleets[key]

    def state(self) -> list[ServerState]:
        """How each server fares."""
        return [state for fleet in self._fleets.values() for state in fleet.state()]

    async def close(self) -> None:
        """Closes all connections."""
        for fleet in self._fleets.values():
            await fleet.close()
