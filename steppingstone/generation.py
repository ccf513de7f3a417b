"""A batch of chains, driven by its process's engine: no chain waits for another, and rows are on disk as rounds end."""

import asyncio
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from steppingstone.chains import Chain, Round
from steppingstone.chat import Chat
from steppingstone.difficulty import Thresholds
from steppingstone.duplicates.distinct import Traits
from steppingstone.engine import Engine
from steppingstone.environments import environment
from steppingstone.errors import CapReached, InfrastructureError, StorageError
from steppingstone.records import Seed
from steppingstone.rows import BatchRows
from steppingstone.sandbox import Limits
from steppingstone.settings import Settings
from steppingstone.spending import Allowance, Purse, Spent

PULSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """One chain to be run: a seed, the name of an environment, and the chain's place in the order of the draw, from 0."""

    number: int
    seed: Seed
    environment: str


@dataclass(frozen=True, slots=True)
class RoundDone:
    """What is reported as soon as a round is over: of a problem its tier and what it is compared by, else '' and None."""

    chain_number: int
    environment: str
    number: int
    tier: str
    traits: Traits | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a batch fares, reported every `PULSE_S` seconds and at its end.

    A batch whose worker died is run again in another `attempt`. `chains_done` of its `chains` are over; `busy` of `slots`
    requests are in flight in its process, over all its batches; `complaints` are what servers that are set aside or slowed
    down said last.
    """

    batch: str
    attempt: str
    process: str
    chains: int
    chains_done: int
    completions: int
    spent: Spent
    busy: int
    slots: int
    complaints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchDone:
    """Where a batch's tables are, and how many completions were paid for or came from the journal.

    `capped` says that chains were cut short because the allowance or the time was over. If there is a `failure` there are no
    tables; what the models said is in the journal.
    """

    folder: str
    asked: int
    reused: int
    spent: Spent
    capped: bool
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Chains that go to one worker together, and what they may spend."""

    name: str
    jobs: tuple[Job, ...]
    allowance: Allowance


class Listener(Protocol):
    """Whoever waits for a batch; both methods are called on the engine's thread."""

    def hear(self, event: RoundDone | Pulse) -> None:
        """Takes note of what is reported."""

    def listens(self) -> bool:
        """Whether it still waits; asked with each pulse."""


def run_batch(batch: Batch, settings: Settings, run_id: str, folder: str, requests: int, listener: Listener) -> BatchDone:
    """Runs all chains of a batch and writes their problems, attempts and rejections under `folder`.

    `requests` is the most requests that this process may have in flight, over all its batches. If a chain could not go on, or
    nobody listens any more, the batch fails once all other chains are through.
    """
    with Engine.shared(settings) as engine:
        return engine.run(_run_batch(engine, batch, settings, run_id, folder, requests, listener))


async def _run_batch(
    engine: Engine, batch: Batch, settings: Settings, run_id: str, folder: str, requests: int, listener: Listener
) -> BatchDone:
    # Fleets and slots belong to the engine's loop, and so does all that is made here.
    engine.slots.resize(requests)
    return await _Run(engine, batch, settings, run_id, folder, listener).done()


def thresholds(settings: Settings) -> Thresholds:
    """The thresholds of a run."""
    return Thresholds(settings.tiers.hard_max, settings.tiers.medium_max, settings.generation.harder_above)


class _Run:
    """One batch on its way."""

    def __init__(self, engine: Engine, batch: Batch, settings: Settings, run_id: str, folder: str, listener: Listener) -> None:
        self.engine = engine
        self.batch = batch
        self.settings = settings
        self.listener = listener
        limits = Limits(seconds=settings.sandbox.seconds, memory_mb=settings.sandbox.memory_mb)
        self.environments = {name: environment(name, settings.prompts, limits) for name in settings.environments}
        self.attempt = uuid.uuid4().hex[:8]
        self.rows = BatchRows(Path(f"{folder}-{self.attempt}"), run_id)
        self.purse = Purse(batch.allowance)
        self.teacher, self.student = (
            Chat(model, engine.journal, engine.fleets.of(model), settings.random_seed, self.purse)
            for model in (settings.teacher, settings.student)
        )
        self.thresholds = thresholds(settings)
        self.chains_done = 0
        self.capped = self.given_up = False

    async def done(self) -> BatchDone:
        """Drives all chains at once, then closes the tables."""
        beating = asyncio.create_task(self._beat())
        failures = await asyncio.gather(*map(self._run_chain, self.batch.jobs), return_exceptions=True)
        beating.cancel()
        self._pulse()
        asked, reused = self.teacher.asked + self.student.asked, self.teacher.reused + self.student.reused
        done = BatchDone(str(self.rows.folder), asked, reused, self.purse.spent, self.capped)
        failed = [failure for failure in failures if failure is not None]
        if self.given_up:
            failed.append(InfrastructureError("nobody waits for this batch any more"))
        if not failed:
            try:
                await asyncio.to_thread(self.rows.close)
            except OSError as error:
                failed.append(StorageError(f"the tables of a batch can't be written to {self.rows.folder}: {error.strerror}"))
        if failed:
            self.rows.discard()
            if not isinstance(failed[0], InfrastructureError):
                raise failed[0]
            return replace(done, failure=str(failed[0]))
        return done

    async def _run_chain(self, job: Job) -> None:
        generation = self.settings.generation
        chain = Chain(
            number=job.number,
            seed=job.seed,
            environment=self.environments[job.environment],
            teacher=self.teacher,
            student=self.student,
            sandbox=self.engine.sandbox,
            thresholds=self.thresholds,
            attempts=generation.attempts,
            step=generation.attempts_step,
            confidence=generation.stop_confidence,
        )
        try:
            async for done in chain.rounds(generation.rounds):
                self.rows.add(chain, done)
                self.listener.hear(self._done(chain, done))
        except CapReached:
            self.capped = True
        self.chains_done += 1

    def _done(self, chain: Chain, done: Round) -> RoundDone:
        tier, traits = "", None
        if problem := done.problem:
            tier = str(self.thresholds.tier(done.rate))
            traits = Traits(problem.environment, done.content, problem.code, problem.inputs, done.behaviour)
        return RoundDone(chain.number, chain.environment.name, done.number, tier, traits)

    async def _beat(self) -> None:
        while True:
            self._pulse()
            if not self.listener.listens():
                self.given_up = True
                self.purse.close()
            await asyncio.sleep(PULSE_S)

    def _pulse(self) -> None:
        slots = self.engine.slots
        self.listener.hear(
            Pulse(
                self.batch.name,
                self.attempt,
                self.engine.process,
                len(self.batch.jobs),
                self.chains_done,
                self.teacher.asked + self.student.asked,
                self.purse.spent,
                slots.busy,
                slots.size,
                self.engine.complaints(),
            )
        )
