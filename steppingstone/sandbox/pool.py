"""`Sandbox`: a few fork servers, shared by any number of threads."""

import os
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from steppingstone import counts, values
from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox import frames, session
from steppingstone.sandbox.awaitable import AsyncSandbox
from steppingstone.sandbox.connection import GRADING_SEED, Connection, ServerDied
from steppingstone.sandbox.outcome import ExecutionVerdict, Limits, Outcome, ProgramOutcome, same, without_addresses
from steppingstone.sandbox.policy import POLICIES
from steppingstone.sandbox.run import Job, Run
from steppingstone.sandbox.tiers import Tier, tier_of

LITERAL_CHARS = 100_000
WITNESS_SEEDS = (2, 3, 4)

Result = TypeVar("Result")
Kind = tuple[Tier, int]
"""What a server serves, and its hash seed."""


class Sandbox:
    """Runs untrusted Python in confined processes; every result is one `Outcome`, every fault of ours an exception.

    `servers` fork servers start at first use, or by `start`. Each call holds one, so `servers` is how many programs run
    at once. They have one hash seed, clock and random state, so that a program means the same to each of them. The three
    witnesses of `call_repeatedly` start at its first use, one of each seed. Thread-safe; after a fork of the calling
    process the copy starts servers of its own. All methods raise `SandboxUnavailable` if the kernel offers no seccomp or
    no_new_privs, if one server after the other died over one call, and after `close`.
    """

    def __init__(self, servers: int = 2, limits: Limits = Limits(), policy: str = "default") -> None:  # noqa: B008 - frozen
        if servers < 1:
            raise ValueError(f"servers is {servers}; at least 1")
        if policy not in POLICIES:
            raise ValueError(f"policy is {policy!r}; one of {', '.join(POLICIES)}")
        self._policy = policy
        self._count = servers
        self._limits = limits
        self._closed = False
        self._reset()

    def start(self) -> None:
        """Start all servers now, but no witness. Does nothing if they are."""
        self._own()
        with self._lock:
            self._start_missing(Tier.BARE, GRADING_SEED)

    def close(self) -> None:
        """End all servers; those at work end with their calls."""
        self._own()
        with self._lock:
            self._closed = True
            for connection in self._all_idle():
                connection.close()
            self._idle.clear()
            for freed in self._freed.values():
                freed.notify_all()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> AsyncSandbox:
        """The methods of the same names, to be awaited."""
        self._asynchronous = AsyncSandbox(self, self._count)
        await self._asynchronous.start()
        return self._asynchronous

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._asynchronous.close()

    def policy_report(self, tier: Tier = Tier.BARE) -> dict[str, str]:
        """What the servers of this tier enforce here, by mechanism."""
        return self._serve(lambda connection: dict(connection.report), tier)[0]

    def call(
        self,
        source: str,
        function: str,
        inputs: Sequence[Sequence[object]],
        limits: Limits | None = None,
        until_failure: bool = False,
    ) -> list[Outcome]:
        """Call `function` of `source` with each input (its positional arguments), all in one fork.

        One outcome for each input, in order. An input that ends its process costs the others nothing: they go on in
        a fresh one; but with `until_failure` the first outcome that is not OK is the last. Raises `values.NotALiteral` if
        an argument is no literal.
        """
        return self._run(self._job(source, function, inputs, limits, until_failure))

    def call_repeatedly(
        self,
        source: str,
        function: str,
        inputs: Sequence[Sequence[object]],
        limits: Limits | None = None,
        until_failure: bool = False,
    ) -> list[Outcome]:
        """As `call`, and again in three witnesses (hash seed, addresses, clock, random state), the inputs in another order.

        An input with two different ends has verdict NONDETERMINISTIC; the others are as in the first run. After the first
        witness that finds one, the next ones are not asked. What took too long is not run again.
        """
        job = self._job(source, function, inputs, limits)
        outcomes = self._run(replace(job, until_failure=until_failure))
        order = _another_order([at for at, end in enumerate(outcomes) if end.verdict is not ExecutionVerdict.TIMEOUT])
        again = replace(job, inputs=tuple(job.inputs[index] for index in order))
        for seed in WITNESS_SEEDS:
            for index, other in zip(order, self._run(again, seed), strict=True):
                outcomes[index] = _agreed(outcomes[index], other)
            if any(outcome.verdict is ExecutionVerdict.NONDETERMINISTIC for outcome in outcomes):
                break
        return outcomes

    def run_program(self, source: str, stdin: str = "", limits: Limits | None = None) -> ProgramOutcome:
        """Run a whole program that reads standard input. Its exit status must be 0 to be OK."""
        work = partial(session.run_program, source=source, stdin=stdin, limits=limits or self._limits)
        outcome, connection = self._serve(work, tier_of(source))
        counts.EXECUTIONS.add(outcome.verdict)
        return replace(outcome, policy=connection.policy)

    def run_programs(self, source: str, stdins: Sequence[str], limits: Limits | None = None) -> list[ProgramOutcome]:
        """As `run_program`, for many inputs: a fresh process for each, outcomes in order."""
        return [self.run_program(source, stdin, limits) for stdin in stdins]

    def run_tests(self, solution: str, tests: str, limits: Limits | None = None) -> Outcome:
        """Run tests that are code (asserts, `test_…` functions, unittest cases) against a solution, in two processes.

        The tests use the solution's names as their own, or import them from `solution`. OK if they ran through; the
        value is their number. WRONG if an assertion failed, EXCEPTION if something else was raised, with the line of
        the solution if it came from there. The limit of time is for all tests together.

        Arguments and results travel as data; in-place changes of arguments come back; instances of a class that both
        texts define travel by value, all other objects stay with the solution and are equal to nothing but themselves.
        """
        work = partial(session.run_tests, solution=solution, tests=tests, limits=limits or self._limits)
        outcome, connection = self._serve(work, tier_of(solution, tests))
        counts.EXECUTIONS.add(outcome.verdict)
        return replace(outcome, policy=connection.policy)

    def parse(self, texts: Sequence[str], limits: Limits | None = None) -> list[Outcome]:
        """Read hostile texts as Python literals, all in one fork. Over 100,000 characters none is a literal."""
        short = [text for text in texts if len(text) <= LITERAL_CHARS]
        inputs = tuple(text.encode("utf-8", "surrogatepass") for text in short)
        read = iter(self._run(Job(frames.PARSE, b"", "", inputs, limits or self._limits)))
        return [next(read) if len(text) <= LITERAL_CHARS else _too_long(text) for text in texts]

    def _job(
        self,
        source: str,
        function: str,
        inputs: Sequence[Sequence[object]],
        limits: Limits | None,
        until_failure: bool = False,
    ) -> Job:
        encoded = tuple([b"[" + b",".join(map(values.encode, arguments)) + b"]" for arguments in inputs])
        text = source.encode("utf-8", "surrogatepass")
        return Job(frames.CALL, text, function, encoded, limits or self._limits, until_failure)

    def _run(self, job: Job, seed: int = GRADING_SEED) -> list[Outcome]:
        tier = tier_of(job.source.decode("utf-8", "surrogatepass"))
        outcomes, _ = self._serve(lambda connection: Run(connection, job).outcomes(), tier, seed)
        verdicts = [outcome.verdict for outcome in outcomes]
        for verdict in set(verdicts):
            counts.EXECUTIONS.add(verdict, by=verdicts.count(verdict))
        return outcomes

    def _serve(self, work: Callable[[Connection], Result], tier: Tier, seed: int = GRADING_SEED) -> tuple[Result, Connection]:
        """What `work` makes of a server, and the server; once again, at last with a new one, where one died."""
        self._own()
        deaths = 0
        while True:
            try:
                connection = self._check_out(tier, seed)
                try:
                    result = work(connection)
                except BaseException:
                    # its protocol may stand anywhere: after an interrupt just as after its death
                    connection.close()
                    self._check_in(connection, closed=True)
                    raise
            except ServerDied:
                # Each idle server may have died unseen, all of them at one stroke.
                deaths += 1
                if deaths > self._count:
                    raise
            else:
                self._check_in(connection)
                return result, connection

    def _check_out(self, tier: Tier, seed: int) -> Connection:
        with self._lock:
            while True:
                while idle := self._idle[tier, seed]:
                    connection = idle.pop(0)
                    if connection.alive():
                        return connection
                    connection.close()
                    self._started[tier, seed] -= 1
                if not self._start_missing(tier, seed):
                    self._wait(self._freed[tier, seed])

    def _wait(self, freed: threading.Condition) -> None:
        """Waits for a server; what one thread was woken for, and did not come to take, another one takes."""
        try:
            freed.wait()
        except BaseException:
            freed.notify()
            raise

    def _check_in(self, connection: Connection, closed: bool = False) -> None:
        kind = connection.tier, connection.seed
        with self._lock:
            if closed:
                self._started[kind] -= 1
            elif self._closed:
                connection.close()
            else:
                self._idle[kind].append(connection)
            self._freed[kind].notify()

    def _start_missing(self, tier: Tier, seed: int) -> bool:
        """Start, side by side, the grading servers, or witnesses, if one of this seed is missing; whether one was.

        The caller holds the lock.
        """
        if self._closed:
            raise SandboxUnavailable("this sandbox is closed; make a new one")
        wanted = (GRADING_SEED,) * self._count if seed == GRADING_SEED else WITNESS_SEEDS
        if self._started[tier, seed] == wanted.count(seed):
            return False
        missing = Counter((tier, each) for each in wanted) - self._started
        fresh = [Connection(each, tier, self._policy) for _, each in missing.elements()]
        try:
            for connection in fresh:
                connection.open()
        except BaseException:
            for connection in fresh:
                connection.close()
            self._freed[tier, seed].notify()  # none will be freed, so that whoever waits must try, too
            raise
        self._started += missing
        for connection in fresh:
            self._idle[tier, connection.seed].append(connection)
            self._freed[tier, connection.seed].notify()
        return True

    def _all_idle(self) -> list[Connection]:
        return [connection for idle in self._idle.values() for connection in idle]

    def _own(self) -> None:
        """After a fork of the calling process: leave the servers to the parent, and start others."""
        if self._pid != os.getpid():
            for connection in self._all_idle():
                connection.abandon()
            self._reset()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._freed = defaultdict[Kind, threading.Condition](lambda: threading.Condition(self._lock))
        self._idle = defaultdict[Kind, list[Connection]](list)
        self._started = Counter[Kind]()


def _another_order(indexes: list[int]) -> list[int]:
    """No input keeps its place, nor its predecessor; a single one runs twice, so that a count of calls shows there too."""
    order = indexes[::-1]
    middle = len(order) // 2
    if len(order) % 2:
        order[middle : middle + 2] = order[middle : middle + 2][::-1]
    return order * 2 if len(order) == 1 else order


def _agreed(one: Outcome, other: Outcome) -> Outcome:
    if one.verdict is ExecutionVerdict.NONDETERMINISTIC or same(one, other):
        return one
    ends = " / ".join(f"{end.verdict} {end.value!r} {end.detail}"[:140] for end in (one, other))
    return Outcome(
        ExecutionVerdict.NONDETERMINISTIC, detail=without_addresses(ends)[:300], seconds=one.seconds, policy=one.policy
    )


def _too_long(text: str) -> Outcome:
    return Outcome(ExecutionVerdict.NOT_A_LITERAL, detail=f"{len(text)} characters; at most {LITERAL_CHARS}")
