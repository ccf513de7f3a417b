"""Jobs of one outcome on one fork server: a whole program, or a solution and its tests in a process each."""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace

from steppingstone.sandbox import claims, frames
from steppingstone.sandbox.channel import Channel, ChildEnded
from steppingstone.sandbox.connection import Connection
from steppingstone.sandbox.outcome import ExecutionVerdict, Limits, Outcome, ProgramOutcome
from steppingstone.sandbox.run import TRIES, Job, early_end, from_outside, killed_from_outside, too_long

_ENCODING = ("utf-8", "surrogatepass")


class _Again(Exception):
    """A process was killed from outside; once more may do."""


class _Session:
    """The processes of one job, oldest first, and their channels."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self.since = time.monotonic()
        self._connection = connection
        self._limits = limits
        self._channels: list[Channel] = []
        self._jobs: list[Job] = []
        self._sockets = ExitStack()

    def open(self, job: Job) -> Channel:
        """Start a process, and send it its job."""
        socket = self._sockets.enter_context(self._connection.take())
        channel = Channel(socket, self._limits.output_bytes, self.since + self._limits.seconds)
        self._channels.append(channel)
        self._jobs.append(job)
        try:
            channel.send(job.request(0))
        finally:
            self._connection.ready_next()
        return channel

    def run(self, converse: "Callable[[_Session], Outcome]") -> Outcome:
        """What `converse` makes of it, or how it ended otherwise. Raises `_Again`, `ServerDied`."""
        with self._sockets:
            try:
                outcome = converse(self)
            except TimeoutError:
                outcome = too_long(self._limits)
            except claims.BrokenFrame as error:
                outcome = Outcome(ExecutionVerdict.KILLED, detail=f"wrote on the result channel: {error}")
            except ChildEnded as error:
                return self._ended(self._channels.index(error.args[0]))
        self._end(len(self._channels))
        return outcome

    def _ended(self, which: int) -> Outcome:
        self._end(which)
        ending = self._connection.end_with_status()
        self._end(len(self._channels) - which - 1)
        if from_outside(ending, self._jobs[which].cpu_seconds(0)):
            raise _Again
        outcome = early_end(ending)
        return replace(outcome, detail=f"the tests' process: {outcome.detail}") if which else outcome

    def _end(self, count: int) -> None:
        for _ in range(count):
            self._connection.end()


def run_program(connection: Connection, source: str, stdin: str, limits: Limits) -> ProgramOutcome:
    """Run a whole program. Raises `ServerDied`, or `SandboxUnavailable` if something outside kills it time and again."""
    job = Job(frames.PROGRAM, source.encode(*_ENCODING), "", (stdin.encode(*_ENCODING),), limits)
    written = b""

    def converse(session: "_Session") -> Outcome:
        nonlocal written
        channel = session.open(job)
        kind, _, body = channel.frame()
        if kind == frames.STDOUT:
            written = body
            kind, _, body = channel.frame()
            if kind in frames.ENDINGS:
                return claims.outcome(kind, body) if body else Outcome(ExecutionVerdict.OK)
        raise claims.BrokenFrame(f"a frame of kind {kind}")

    end = _insist(connection, limits, converse)
    text = written.decode(errors="replace")
    return ProgramOutcome(end.verdict, text, end.detail, end.seconds)


def run_tests(connection: Connection, solution: str, tests: str, limits: Limits) -> Outcome:
    """Run tests that are code against a solution. Raises as `run_program` does."""
    jobs = [
        Job(mode, source.encode(*_ENCODING), "", (), limits)
        for mode, source in ((frames.SOLUTION, solution), (frames.TESTS, tests))
    ]

    def converse(session: "_Session") -> Outcome:
        answers, questions = (session.open(job) for job in jobs)
        kind, _, body = answers.frame()
        if kind != frames.LOADED:
            return _refused(kind, body)
        count = 0
        while (frame := questions.frame())[0] == frames.ASK:
            answers.send(frames.REQUEST.pack(len(frame[2])) + frame[2])
            kind, index, body = answers.frame()
            if kind != frames.REPLY or index != count:
                raise claims.BrokenFrame(f"frame {index} of kind {kind} in place of answer {count}")
            questions.send(frames.REQUEST.pack(len(body)) + body)
            count += 1
        return claims.outcome(frame[0], frame[2])

    return _insist(connection, limits, converse)


def _refused(kind: int, body: bytes) -> Outcome:
    """A solution that does not load can claim anything but success."""
    if kind == frames.OK:
        raise claims.BrokenFrame("a value before any question")
    return claims.outcome(kind, body)


def _insist(connection: Connection, limits: Limits, converse: "Callable[[_Session], Outcome]") -> Outcome:
    for _ in range(TRIES):
        session = _Session(connection, limits)
        with suppress(_Again):
            return replace(session.run(converse), seconds=time.monotonic() - session.since)
    raise killed_from_outside()
