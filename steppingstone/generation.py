"""A batch of chains, driven by one asyncio loop: no chain waits for another, and the rows are written as the batch ends."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from steppingstone.chains import Chain, Round
from steppingstone.chat import Chat
from steppingstone.difficulty import Thresholds
from steppingstone.environments import environment
from steppingstone.journal import Journal
from steppingstone.records import Seed
from steppingstone.rows import BatchRows
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.servers import Slots, fleets_of
from steppingstone.settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """One chain to be run: a seed and the name of an environment."""

    seed: Seed
    environment: str


@dataclass(frozen=True, slots=True)
class RoundDone:
    """What is reported as soon as a round is over. `tier` is None if it made no problem."""

    chain_id: str
    environment: str
    number: int
    tier: str | None


@dataclass(frozen=True, slots=True)
class BatchDone:
    """Where a batch's tables are, their row counts, and how many completions were paid for or came from the journal."""

    folder: str
    problems: int
    attempts: int
    rejections: int
    asked: int
    reused: int


def run_batch(
    jobs: Sequence[Job], settings: Settings, run_id: str, folder: str, requests: int, report: Callable[[RoundDone], None]
) -> BatchDone:
    """Runs all chains of a batch and writes their problems, attempts and rejections under `folder`.

    `requests` is the most requests in flight. Raises `InfrastructureError` once all other chains are through
    if a chain could not go on; what the models said until then is in the journal.
    """
    limits = Limits(seconds=settings.sandbox.seconds, memory_mb=settings.sandbox.memory_mb)
    with Sandbox(settings.sandbox.servers, limits) as sandbox:
        return asyncio.run(_Batch(settings, run_id, folder, requests, report, sandbox, limits).run(jobs))


def thresholds(settings: Settings) -> Thresholds:
    """The thresholds of a run."""
    return Thresholds(settings.tiers.hard_max, settings.tiers.medium_max, settings.generation.harder_above)


class _Batch:
    def __init__(
        self,
        settings: Settings,
        run_id: str,
        folder: str,
        requests: int,
        report: Callable[[RoundDone], None],
        sandbox: Sandbox,
        limits: Limits,
    ) -> None:
        self.settings = settings
        self.folder = Path(folder)
        self.report = report
        self.sandbox = sandbox
        self.environments = {name: environment(name, settings.prompts, limits) for name in settings.environments}
        self.rows = BatchRows(self.folder, run_id)
        self.journal = Journal(Path(settings.data_root) / "journal")
        self.fleets = fleets_of([settings.teacher, settings.student], Slots(requests))
        self.teacher = Chat(settings.teacher, self.journal, self.fleets[0], settings.random_seed)
        self.student = Chat(settings.student, self.journal, self.fleets[1], settings.random_seed)
        self.thresholds = thresholds(settings)

    async def run(self, jobs: Sequence[Job]) -> BatchDone:
        """Drives all chains at once, then closes the tables."""
        try:
            failures = await asyncio.gather(*map(self._run_chain, jobs), return_exceptions=True)
        finally:
            for fleet in set(self.fleets):
                await fleet.close()
            self.journal.close()
        for failure in failures:
            if failure is not None:
                raise failure
        counts = self.rows.close()
        asked, reused = self._completions()
        return BatchDone(str(self.folder), counts["problems"], counts["attempts"], counts["rejections"], asked, reused)

    async def _run_chain(self, job: Job) -> None:
        chain = Chain(
            seed=job.seed,
            environment=self.environments[job.environment],
            teacher=self.teacher,
            student=self.student,
            sandbox=self.sandbox,
            thresholds=self.thresholds,
            attempts=self.settings.generation.attempts,
        )
        async for done in chain.rounds(self.settings.generation.rounds):
            self.rows.add(chain, done)
            self.report(self._done(chain, done))

    def _done(self, chain: Chain, done: Round) -> RoundDone:
        tier = self.thresholds.tier(done.rate) if done.problem else None
        return RoundDone(chain.chain_id, chain.environment.name, done.number, tier)

    def _completions(self) -> tuple[int, int]:
        return self.teacher.asked + self.student.asked, self.teacher.reused + self.student.reused
