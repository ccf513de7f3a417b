"""One job on one fork server: a child for all inputs, another one for the rest when an input ends it."""

import math
import signal
import time
from dataclasses import dataclass, replace

from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox import claims, frames
from steppingstone.sandbox.channel import Channel, ChildEnded
from steppingstone.sandbox.connection import Connection, Ending
from steppingstone.sandbox.outcome import ExecutionVerdict, Limits, Outcome

TRIES = 3  # of what is killed from outside


@dataclass(frozen=True, slots=True)
class Job:
    """What to execute: `inputs` are arrays of encoded arguments of a call, or texts to parse."""

    mode: int
    source: bytes
    function: str
    inputs: tuple[bytes, ...]
    limits: Limits
    until_failure: bool = False

    def request(self, first: int) -> bytes:
        """The request for the inputs from `first` on."""
        cpu = self.cpu_seconds(first)
        order = frames.Order(self.mode, self.function, self.limits.memory_mb << 20, cpu, self.limits.output_bytes)
        return frames.pack_request(order, self.source, self.inputs[first:])

    def cpu_seconds(self, first: int) -> int:
        """CPU time for the inputs from `first` on: more than one thread can use before its wall time is over."""
        return math.ceil(self.limits.seconds * max(len(self.inputs) - first, 1)) + 1


class Run:
    """The outcomes of one job so far."""

    def __init__(self, connection: Connection, job: Job) -> None:
        self._connection = connection
        self._job = job
        self._outcomes: list[Outcome] = []
        self._killed_from_outside = 0
        self._loaded = False
        self._since = 0.0

    def outcomes(self) -> list[Outcome]:
        """One outcome for each input, or up to the first failure if that is all the job wants.

        Raises `ServerDied`, or `SandboxUnavailable` if something outside kills its children time and again.
        """
        while not self._over():
            self._one_child()
        return self._outcomes

    def _over(self) -> bool:
        failed = self._job.until_failure and self._outcomes and self._outcomes[-1].verdict is not ExecutionVerdict.OK
        return bool(failed) or len(self._outcomes) >= len(self._job.inputs)

    def _one_child(self) -> None:
        first = len(self._outcomes)
        self._loaded = len(self._job.inputs) - first == 1
        with self._connection.take() as channel:
            self._since = time.monotonic()
            reader = Channel(channel, self._job.limits.output_bytes, self._since + self._job.limits.seconds)
            try:
                self._send(reader, first)
                self._read(reader, first)
            except TimeoutError:
                self._end_by(too_long(self._job.limits))
            except claims.BrokenFrame as error:
                self._end_by(Outcome(ExecutionVerdict.KILLED, detail=f"wrote on the result channel: {error}"))
            except ChildEnded:
                self._closed(self._connection.end_with_status(), first)
                return
        self._connection.end()

    def _send(self, reader: Channel, first: int) -> None:
        try:
            reader.send(self._job.request(first))
        finally:
            self._connection.ready_next()

    def _read(self, reader: Channel, first: int) -> None:
        while not self._over():
            kind, index, body = reader.frame()
            if kind == frames.LOADED and not self._loaded:
                self._loaded = True
                continue
            if index != len(self._outcomes) - first or kind >= frames.LOADED or (kind == frames.OK and not self._loaded):
                raise claims.BrokenFrame(f"frame {index} of kind {kind} out of order")
            now = time.monotonic()
            self._add(claims.outcome(kind, body, now - self._since, self._connection.policy))
            self._since = now
            reader.deadline = now + self._job.limits.seconds

    def _add(self, outcome: Outcome) -> None:
        """Note one outcome; before the source is loaded it is that of all the inputs to come."""
        rest = len(self._job.inputs) - len(self._outcomes)
        self._outcomes += [outcome] * (1 if self._loaded else rest)

    def _end_by(self, outcome: Outcome) -> None:
        """Note what came in place of a frame."""
        self._add(replace(outcome, seconds=time.monotonic() - self._since, policy=self._connection.policy))

    def _closed(self, ending: Ending, first: int) -> None:
        """The child is gone: by itself, or by something outside, so that another one must do the rest."""
        if not from_outside(ending, self._job.cpu_seconds(first)):
            self._end_by(early_end(ending))
            return
        self._killed_from_outside += 1
        if self._killed_from_outside == TRIES:
            raise killed_from_outside()


def too_long(limits: Limits) -> Outcome:
    """The outcome of what did not end in time."""
    return Outcome(ExecutionVerdict.TIMEOUT, detail=f"longer than {limits.seconds:g} s")


def from_outside(ending: Ending, cpu_seconds: int) -> bool:
    """Whether it was a SIGKILL that is neither ours nor the program's: it can earn one by its limit of CPU time alone."""
    if ending.signal != signal.SIGKILL or ending.forced:
        return False
    lowered = 0 <= ending.cpu_limit <= cpu_seconds
    return not lowered and ending.cpu_used < cpu_seconds


def killed_from_outside() -> SandboxUnavailable:
    """The fault of a machine that kills what honest and hostile programs alike cannot kill."""
    return SandboxUnavailable(
        f"the process of a program was killed from outside, {TRIES} times; if that was for lack of memory, have fewer servers, "
        "a lower limit of memory, or more memory"
    )


def early_end(ending: Ending) -> Outcome:
    """The outcome of a program whose process ended before its result."""
    if ending.forced:
        return Outcome(ExecutionVerdict.KILLED, detail="closed its result channel and ran on")
    if ending.code == frames.EXIT_MEMORY:
        return Outcome(ExecutionVerdict.MEMORY, detail="MemoryError", exception_type="MemoryError")
    if ending.signal in (signal.SIGXCPU, signal.SIGKILL):
        return Outcome(ExecutionVerdict.TIMEOUT, detail="out of CPU time")
    if ending.signal == signal.SIGSYS:
        return Outcome(ExecutionVerdict.KILLED, detail="a system call by another architecture's numbers (signal SIGSYS)")
    if ending.signal:
        return Outcome(ExecutionVerdict.KILLED, detail=f"signal {signal.Signals(ending.signal).name}")
    return Outcome(ExecutionVerdict.KILLED, detail=f"exited with status {ending.code} before its result")
