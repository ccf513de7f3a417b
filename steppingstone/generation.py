"""A batch of chains: each goes through its rounds, and what they leave is on disk as they end."""

import logging
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from steppingstone import counts
from steppingstone.batches import Batch, BatchDone, BatchRun, Listener, on_engine
from steppingstone.chains import Chain, Round
from steppingstone.duplicates.distinct import Traits
from steppingstone.engine import Engine
from steppingstone.errors import CapReached, InfrastructureError
from steppingstone.logs import about
from steppingstone.records import Seed
from steppingstone.rows import round_rows
from steppingstone.settings import Settings

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One chain to be run: a seed, the name of an environment, and the chain's place in the order of the draw, from 0."""

    number: int
    seed: Seed
    environment: str


@dataclass(frozen=True, slots=True)
class RoundDone:
    """What is reported as soon as a round is over: of a problem its tier, what it is compared by, and its statement."""

    chain_number: int
    environment: str
    number: int
    tier: str
    traits: Traits | None
    statement: str = ""


def run_batch(batch: Batch[Job], settings: Settings, run_id: str, folder: str, requests: int, listener: Listener) -> BatchDone:
    """Runs all chains of a batch and writes their problems, attempts and rejections under `folder`.

    `requests` is the most requests that this process may have in flight, over all its batches. If a chain could not go on, or
    nobody listens any more, the batch fails once all other chains are through.
    """
    return on_engine(settings, requests, lambda engine: _Chains(engine, batch, settings, folder, listener, run_id))


class _Chains(BatchRun[Job]):
    """The chains of a batch on their way."""

    tables = ("problems", "attempts", "rejections")

    def __init__(
        self, engine: Engine, batch: Batch[Job], settings: Settings, folder: str, listener: Listener, run_id: str
    ) -> None:
        super().__init__(engine, batch, settings, folder, listener)
        self.run_id = run_id
        self.environments = {name: self.make_environment(name) for name in settings.environments}
        self.teacher = self.make_chat(settings.teacher)
        self.student = self.make_student()
        self.jobs_waiting = len(batch.jobs)

    def works(self) -> Iterable[Awaitable[None]]:
        return [self.counted(self._run_chain(job)) for job in self.batch.jobs]

    async def _run_chain(self, job: Job) -> None:
        chain = Chain(job.number, job.seed, self.environments[job.environment], self.teacher, self.student)
        async with self.engine.chain():
            self.jobs_waiting -= 1
            with _told(chain):
                async for done in chain.rounds(self.settings.generation.rounds):
                    self.rows.add(round_rows(self.run_id, chain, done))
                    self.listener.hear(self._done(chain, done))

    def _done(self, chain: Chain, done: Round) -> RoundDone:
        if (problem := done.problem) is None:
            return RoundDone(chain.number, chain.environment.name, done.number, "", None)
        tier = str(self.thresholds.tier(done.rate))
        traits = Traits(problem.environment, done.content, problem.code, problem.inputs, done.behaviour)
        return RoundDone(chain.number, chain.environment.name, done.number, tier, traits, problem.statement)


@contextmanager
def _told(chain: Chain) -> Iterator[None]:
    """Logs and counts how a chain fares."""
    name = chain.environment.name
    with about(chain=chain.chain_id, environment=name):
        _LOG.info("begins, from seed %s", chain.seed.seed_id)
        counts.CHAINS_RUNNING.add(name)
        try:
            yield
            _LOG.info("is through its rounds")
        except CapReached as error:
            _LOG.info("is cut short: %s", error)
            raise
        except InfrastructureError as error:
            _LOG.info("can't go on: %s", error)
            raise
        finally:
            counts.CHAINS_RUNNING.add(name, by=-1)
            counts.CHAINS.add(name)
