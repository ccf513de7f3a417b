"""What the batches of one worker process share: a loop, the servers and their slots, the journal, a sandbox."""

import asyncio
import gc
import os
import socket
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from steppingstone import counts
from steppingstone.journal import Journal
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.servers import Fleets, ServerState, Slots
from steppingstone.settings import SandboxSettings, Settings

Result = TypeVar("Result")
SPARE_THREADS = 4
"""Threads beyond one a fork server, for what a proof or a grading does between its executions."""
CHAINS_A_SLOT = 2
"""Chains on their way for each request in flight: while one waits for the sandbox another fills its slot."""
YOUNG = 20_000
"""Objects more than before, at which Python looks for garbage. At its own 700 that takes an eighth of the loop's time: what
hundreds of requests in flight have made is looked through again and again, and none of it is garbage yet."""


class Engine:
    """One event loop in a thread of its own, and what lives on it. `Engine.shared` gives the process's."""

    _lock: ClassVar[threading.Lock] = threading.Lock()
    _shared: ClassVar[dict[object, tuple["Engine", int]]] = {}

    def __init__(self, journal_root: str, sandbox: SandboxSettings) -> None:
        self.process = f"{socket.gethostname()}:{os.getpid()}"
        self._journal_root = journal_root
        self.sandbox = Sandbox(sandbox.servers, Limits(seconds=sandbox.seconds, memory_mb=sandbox.memory_mb))
        self.slots = Slots(1)
        self.fleets = Fleets(self.slots)
        self._chains = 0
        self._freed = asyncio.Condition()
        # What is loaded by now stays, and is no garbage to be looked for again and again.
        gc.freeze()
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(sandbox.servers + SPARE_THREADS, "verification"))
        self.writing = ThreadPoolExecutor(1, "writing")
        """For what ends a batch, which waits for no other batch's proofs."""
        self._thread = threading.Thread(target=self._loop.run_forever, name="engine", daemon=True)
        self._thread.start()

    @classmethod
    @contextmanager
    def shared(cls, settings: Settings) -> Iterator["Engine"]:
        """The engine of this process for these settings, for as long as anyone uses it."""
        key = (settings.journal_root, settings.sandbox)
        with cls._lock:
            engine, users = cls._shared.get(key) or (cls(*key), 0)
            cls._shared[key] = engine, users + 1
        try:
            yield engine
        finally:
            with cls._lock:
                _, users = cls._shared[key]
                cls._shared[key] = engine, users - 1
                if users == 1:
                    del cls._shared[key]
                    engine.close()
                    for level in (counts.BUSY_SLOTS, counts.SLOTS, counts.LOOP_LAG):
                        level.set(0)

    @cached_property
    def journal(self) -> Journal:
        """The journal, opened once a model is to be asked."""
        return Journal(self._journal_root)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Runs a coroutine on the engine's loop, from another thread, and returns what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def resize(self, requests: int) -> None:
        """From now on so many requests in flight at most."""
        self.slots.resize(requests)
        async with self._freed:
            self._freed.notify_all()

    @asynccontextmanager
    async def chain(self) -> AsyncIterator[None]:
        """Holds a chain back while enough others, of whatever batch, are on their way; the oldest goes first.

        So batches do not all end at once, and what one has left does not keep slots empty.
        """
        async with self._freed:
            await self._freed.wait_for(lambda: self._chains < CHAINS_A_SLOT * self.slots.size)
            self._chains += 1
        try:
            yield
        finally:
            self._chains -= 1
            async with self._freed:
                self._freed.notify()

    def complaints(self) -> tuple[str, ...]:
        """What servers that are set aside or slowed down said last."""
        servers = self.fleets.state()
        aside = [f"{each.address}, set aside for {each.aside_s:.0f} s: {each.said}" for each in servers if each.aside_s]
        slowed = [f"{each.address}, at most {each.limit} at once: {each.said}" for each in servers if _slowed(each, self.slots)]
        return (*aside, *slowed)

    def close(self) -> None:
        """Ends the loop, the connections, the journal's file and the fork servers."""
        self.run(self.fleets.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self.writing.shutdown()
        if "journal" in vars(self):
            self.journal.close()
        self.sandbox.close()
        # DuckDB says at exit that what is frozen was never freed.
        gc.unfreeze()


def _slowed(state: ServerState, slots: Slots) -> bool:
    return not state.aside_s and state.limit < slots.size
