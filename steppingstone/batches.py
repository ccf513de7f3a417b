"""A batch of jobs, driven by its process's engine: none waits for another, and rows are on disk as jobs end."""

import asyncio
import logging
import os
import shutil
import tempfile
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from steppingstone import counts
from steppingstone.attempting import Student
from steppingstone.chat import Chat
from steppingstone.difficulty import Thresholds
from steppingstone.disks import room_for, told
from steppingstone.drafts import Folder, Row, TableFile, read_rows
from steppingstone.engine import Engine
from steppingstone.environments import Environment, environment
from steppingstone.errors import CapReached, InfrastructureError, StorageError
from steppingstone.sandbox import Limits
from steppingstone.settings import ModelSettings, Settings
from steppingstone.spending import Allowance, Purse, Spent
from steppingstone.storage import Store, is_address

_LOG = logging.getLogger(__name__)

PULSE_S = 1.0
JobT = TypeVar("JobT")


@dataclass(frozen=True, slots=True)
class Batch(Generic[JobT]):
    """Jobs that go to one worker together, and what they may spend."""

    name: str
    jobs: Sequence[JobT]
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class BatchDone:
    """Where a batch's tables are, and how many completions were paid for or came from the journal.

    `capped` says that jobs were cut short because the allowance or the time was over. If there is a `failure` there are no
    tables; what the models said is in the journal.
    """

    folder: str
    asked: int
    reused: int
    spent: Spent
    capped: bool
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a batch fares, reported every `PULSE_S` seconds and at its end.

    A batch whose worker died is run again in another `attempt`. `jobs_done` of its `jobs` are over, and `jobs_waiting` not
    begun; `busy` of `slots` requests are in flight in its process, over all its batches; `complaints` are what servers that
    are set aside or slowed down said last.
    """

    batch: str
    attempt: str
    process: str
    jobs: int
    jobs_done: int
    jobs_waiting: int
    completions: int
    spent: Spent
    busy: int
    slots: int
    complaints: tuple[str, ...]


class Listener(Protocol):
    """Whoever waits for a batch; both methods are called on the engine's thread."""

    def hear(self, event: Any) -> None:
        """Takes note of what is reported: a `Pulse`, or a dataclass of the batch's own."""

    def listens(self) -> bool:
        """Whether it still waits; asked with each pulse."""


def thresholds(settings: Settings) -> Thresholds:
    """The thresholds of a run."""
    return Thresholds(settings.tiers.hard_max, settings.tiers.medium_max, settings.generation.harder_above)


class BatchRun(ABC, Generic[JobT]):
    """One batch on its way. What its jobs are, and what they leave in which tables, is a subclass's."""

    tables: tuple[str, ...]

    def __init__(self, engine: Engine, batch: Batch[JobT], settings: Settings, folder: str, listener: Listener) -> None:
        self.engine = engine
        self.batch = batch
        self.settings = settings
        self.listener = listener
        self.attempt = uuid.uuid4().hex[:8]
        self.rows = BatchRows(f"{folder}-{self.attempt}", self.tables)
        self.purse = Purse(batch.allowance)
        self.thresholds = thresholds(settings)
        self.jobs_done = self.jobs_waiting = 0
        self.capped = self.given_up = False
        self._chats: list[Chat] = []

    @abstractmethod
    def works(self) -> Iterable[Awaitable[None]]:
        """All that is to be done, each piece of it `counted`."""

    async def counted(self, work: Awaitable[None], jobs: int = 1) -> None:
        """Does a piece of work that is so many jobs. Where the allowance ends it, that is no failure."""
        try:
            await work
        except CapReached as error:
            if not self.capped:
                _LOG.info("a cap is reached, and no more is begun: %s", error)
            self.capped = True
        self.jobs_done += jobs

    def make_chat(self, model: ModelSettings) -> Chat:
        """A model that this batch asks, and pays for."""
        random_seed = self.settings.random_seed
        assert random_seed is not None, "the flow has settled which day's it is"
        chat = Chat(model, self.engine.journal, self.engine.fleets.of(model), random_seed, self.purse)
        self._chats.append(chat)
        return chat

    def make_student(self) -> Student:
        """The student of the settings, who is given as many attempts as they say."""
        asked = self.settings.generation
        chat = self.make_chat(self.settings.student)
        return Student(chat, self.engine.sandbox, self.thresholds, asked.attempts, asked.attempts_step, asked.stop_confidence)

    def make_environment(self, name: str) -> Environment:
        """An environment under the run's prompts and limits."""
        limits = Limits(seconds=self.settings.sandbox.seconds, memory_mb=self.settings.sandbox.memory_mb)
        return environment(name, self.settings.prompts, limits)

    async def done(self) -> BatchDone:
        """Does all work at once, then closes the tables.

        If a piece of it could not go on, or nobody listens any more, the batch fails once all the others are through.
        """
        _LOG.info("batch of %d jobs begins", len(self.batch.jobs))
        beating = asyncio.create_task(self._beat())
        ends = await asyncio.gather(*self.works(), return_exceptions=True)
        beating.cancel()
        self._pulse()
        reused = sum(chat.reused for chat in self._chats)
        done = BatchDone(self.rows.folder, self._asked(), reused, self.purse.spent, self.capped)
        failed = [end for end in ends if end is not None]
        if self.given_up or not self.listener.listens():
            failed.append(InfrastructureError("nobody waits for this batch any more"))
        if not failed:
            try:
                await asyncio.get_running_loop().run_in_executor(self.engine.writing, self.rows.close)
            except (OSError, StorageError) as error:
                failed.append(StorageError(f"the tables of a batch can't be written to {self.rows.folder}: {told(error)}"))
        if failed:
            self.rows.discard()
            counts.BATCHES.add("failed")
            _LOG.warning("batch failed: %s", failed[0])
            if not isinstance(failed[0], InfrastructureError):
                raise failed[0]
            return replace(done, failure=str(failed[0]))
        counts.BATCHES.add("capped" if self.capped else "done")
        _LOG.info("batch is over: %d completions asked for, %d from the journal", done.asked, done.reused)
        return done

    async def _beat(self) -> None:
        while True:
            self._pulse()
            if not self.listener.listens():
                self.given_up = True
                self.purse.close()
            due = time.monotonic() + PULSE_S
            await asyncio.sleep(PULSE_S)
            counts.LOOP_LAG.set(time.monotonic() - due)

    def _asked(self) -> int:
        return sum(chat.asked for chat in self._chats)

    def _pulse(self) -> None:
        slots = self.engine.slots
        counts.BUSY_SLOTS.set(slots.busy)
        counts.SLOTS.set(slots.size)
        self.listener.hear(
            Pulse(
                self.batch.name,
                self.attempt,
                self.engine.process,
                len(self.batch.jobs),
                self.jobs_done,
                self.jobs_waiting,
                self._asked(),
                self.purse.spent,
                slots.busy,
                slots.size,
                self.engine.complaints(),
            )
        )


def rows_of(batch: Batch[int], tables: Folder, table: str, columns: Sequence[str]) -> dict[int, dict[str, Any]]:
    """The rows that are a batch's jobs, by their numbers in a table, which follow one another."""
    numbers = range(batch.jobs[0], batch.jobs[-1] + 1)
    return dict(zip(numbers, read_rows(tables, table, numbers, columns), strict=True))


def on_engine(settings: Settings, requests: int, begin: Callable[[Engine], BatchRun[Any]]) -> BatchDone:
    """Runs the batch that `begin` makes on the engine of this process.

    `requests` is the most requests that this process may have in flight, over all its batches.
    """
    with Engine.shared(settings) as engine:
        return engine.run(_begun(engine, requests, begin))


async def _begun(engine: Engine, requests: int, begin: Callable[[Engine], BatchRun[Any]]) -> BatchDone:
    # Fleets and slots belong to the engine's loop, and so does all that is made here.
    await engine.resize(requests)
    return await begin(engine).done()


class BatchRows:
    """The rows of one batch, on disk as they come; the folder appears as a whole when it is closed, or not at all.

    To an address, which others may take for whole once they are told of it, the files go when it is closed.
    """

    def __init__(self, folder: str, tables: Sequence[str]) -> None:
        self.folder = folder
        here = Path(folder)
        self._aside = Path(tempfile.mkdtemp(prefix="steppingstone-")) if is_address(folder) else here.with_name(f".{here.name}")
        self._tables: dict[str, TableFile] = {}
        try:
            with room_for(self._aside):
                for table in tables:
                    self._tables[table] = TableFile(self._aside, table)
        except BaseException:
            self.discard()
            raise

    def add(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Adds rows, by table. Raises `StorageError` if the disk is full."""
        with room_for(self._aside):
            for table, added in rows.items():
                self._tables[table].add(added)

    def close(self) -> dict[str, int]:
        """Ends the files, puts the folder in its place, and returns the tables' row counts."""
        rows = {name: table.close() for name, table in self._tables.items()}
        if is_address(self.folder):
            Store(self.folder).upload(self._aside)
            shutil.rmtree(self._aside, ignore_errors=True)
        else:
            os.rename(self._aside, self.folder)
        return rows

    def discard(self) -> None:
        """Leaves nothing behind."""
        for table in self._tables.values():
            table.abandon()
        shutil.rmtree(self._aside, ignore_errors=True)
