"""The fork server's loop, and how each child is readied. The server never sees a request: a child reads its own.

Orders come one byte a message: `NEXT` forks a child and answers with its channel, `END` ends the oldest child,
`END_WITH_STATUS` ends it and answers how it ended. Any other order, end of file, or the end of the caller ends everything.
"""

import _socket  # `socket` wraps it in Python code and enumerations, whose pages would be copied for each child
import os
import resource
import select
import signal
import time
from _socket import socketpair
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from os import close, getppid, kill, read, waitpid  # by themselves, as a child's touch of their module would copy one page more

from steppingstone.sandbox import frames, kernel, policy, program, solution, stdio, testing
from steppingstone.sandbox.frames import (
    CALL,
    CHANNEL,
    END,
    NEXT,
    REQUEST_BYTES,
    pack_descriptor,
    request_length,
    unpack_request,
)
from steppingstone.sandbox.program import answer

_ADDRESS_SPACE, _OPEN_FILES = resource.RLIMIT_AS, resource.RLIMIT_NOFILE
_PROCESSES, _CPU_TIME = resource.RLIMIT_NPROC, resource.RLIMIT_CPU
_SOCKETS, _RIGHTS, _KILL = _socket.SOL_SOCKET, _socket.SCM_RIGHTS, int(signal.SIGKILL)
_THREADS = 64
_DESCRIPTORS = 32
_IDLE_MS = 20
_FIRST_BYTES = 1 << 12  # of a message: enough for most, on few pages
_MORE_BYTES = 1 << 20
_REHEARSALS = 20
_ORDERLY_LOOKS = 100  # a millisecond apart


class Children:
    """The children of one server, oldest first: the one at work, and a spare that waits for the next request."""

    def __init__(self, link: _socket.socket) -> None:
        self._link = link
        self._caller = _watch_caller()
        self._descriptors = [fd for fd in (link.fileno(), self._caller) if fd >= 0]
        self._fork = kernel.c_function("fork")
        steps = kernel.readiness(policy.child_filter())
        self._life = Life(os.getpid(), steps, tuple(self._descriptors))
        self._size = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        self._pids: deque[int] = deque()
        self._ended: deque[int] = deque()

    def adopt(self, report: dict[str, str]) -> None:
        """Go by what is enforced: threads can be bounded where the server's processes are counted apart from others."""
        self._life.bounds_threads = "user" in report["namespaces"].split()
        if policy.MISSING in report["seccomp"]:
            self._life.steps = kernel.readiness(None)

    def settle(self, kept: list[object]) -> None:
        """All is loaded, and is kept, so that a child's memory is counted from here on."""
        self.kept = kept
        self._life.base_bytes = int(os.read(self._size, 100).split()[0]) * resource.getpagesize()
        os.close(self._size)

    def serve(self) -> None:
        """Follow orders until the caller is gone: in one function, as each page it touches is copied anew for each child."""
        waiting = select.poll()
        for watched in self._descriptors:
            waiting.register(watched, select.POLLIN)
        wait, take, reply, live = waiting.poll, self._link.recv, self._link.sendmsg, self._life.live
        fork, pids, ended, caller = self._fork, self._pids, self._ended, self._caller
        try:
            while True:
                ready = wait(_IDLE_MS if ended else None)
                if ready and ready[-1][0] == caller:
                    break
                order = take(1) if ready else b""
                if order == NEXT:
                    ours, theirs = _channel()
                    pid = fork()
                    if pid == 0:
                        live(theirs, ours)
                    if pid < 0:
                        raise OSError("fork failed")
                    pids.append(pid)
                    close(theirs)
                    reply((CHANNEL,), ((_SOCKETS, _RIGHTS, pack_descriptor(ours)),))
                    close(ours)
                elif order == END:
                    pid = pids.popleft()
                    kill(pid, _KILL)
                    ended.append(pid)
                    continue
                elif order == frames.END_WITH_STATUS:
                    self._link.send(frames.STATUS.pack(*self._end_orderly()))
                elif ready:
                    break
                # Not at once, so that the next fork need not wait for their pages to go
                while ended:
                    waitpid(ended.popleft(), 0)
        finally:
            for pid in pids:
                kill(pid, _KILL)
            for pid in (*ended, *pids):
                waitpid(pid, 0)

    def _end_orderly(self) -> tuple[int, bool, int, float]:
        """How the oldest child ended: its channel is closed, so it is about to end, unless it closed that itself."""
        pid = self._pids.popleft()
        forced = not _ends(pid)
        if forced:
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        _, cpu_limit = resource.prlimit(pid, resource.RLIMIT_CPU)
        before = _cpu_of_the_reaped()
        _, status = os.waitpid(pid, 0)
        return status, forced, cpu_limit, _cpu_of_the_reaped() - before


@dataclass(slots=True)
class Life:
    """What a child does from its fork to its end: confined once more, for one request, and gone.

    In few functions: each object that they touch may lie on a page that is then copied.
    """

    server: int
    steps: tuple[tuple[object, ...], ...]
    descriptors: tuple[int, ...] = ()
    system_call: Callable[..., int] = field(default_factory=lambda: kernel.c_function("syscall"))
    leave: Callable[[int], object] = os._exit
    limit: Callable[[int, tuple[int, int]], object] = resource.setrlimit
    base_bytes: int = 0
    bounds_threads: bool = False

    def live(self, channel: int, callers: int) -> None:
        """Answer the request that comes on `channel`, having let go of its other end and of what is the server's."""
        leave = self.leave
        try:
            self._answer(channel, callers)
            leave(0)
        except MemoryError:
            leave(frames.EXIT_MEMORY)
        finally:
            leave(frames.EXIT_BROKEN)

    def _answer(self, channel: int, callers: int) -> None:
        system_call, limit = self.system_call, self.limit
        for step in self.steps:
            if system_call(*step) < 0:
                raise OSError("a child cannot confine itself")
        if getppid() != self.server:
            raise OSError("the server is gone")
        close(callers)
        for descriptor in self.descriptors:
            close(descriptor)
        request = _receive(channel)
        (mode, name, memory_bytes, cpu_seconds, output_bytes), source, inputs = unpack_request(request)
        space = self.base_bytes + 3 * len(request) + memory_bytes
        limit(_ADDRESS_SPACE, (space, space))
        limit(_OPEN_FILES, (_DESCRIPTORS, _DESCRIPTORS))
        if self.bounds_threads:
            limit(_PROCESSES, (_THREADS, _THREADS))
        limit(_CPU_TIME, (cpu_seconds, cpu_seconds + 1))
        if mode == CALL:
            answer(name, output_bytes, source, inputs, channel)
        elif mode == frames.PARSE:
            program.read(output_bytes, inputs, channel)
        elif mode == frames.PROGRAM:
            stdio.run(_text(source), inputs[0], output_bytes, partial(program.write_all, channel))
        else:
            serve = solution.serve if mode == frames.SOLUTION else testing.run
            serve(_text(source), partial(program.write_all, channel), lambda: _receive(channel))


def rehearse(request: bytes) -> None:
    """Do here what each child does, so that it finds every cache filled and all code specialised: that spares it pages."""
    life = Life(os.getppid(), kernel.no_readiness(), leave=_stay, limit=_no_limit)
    for _ in range(_REHEARSALS):
        ours, theirs = _channel()
        other, *rest = _channel()
        life.descriptors = tuple(rest)
        os.write(ours, request)
        life.live(theirs, other)
        os.close(ours)
        os.close(theirs)


def _stay(status: int) -> None:
    """In place of a child's end."""


def _no_limit(kind: int, limit: tuple[int, int]) -> None:
    """In place of a child's limits."""


def _channel() -> tuple[int, int]:
    ours, theirs = socketpair()
    return ours.detach(), theirs.detach()


def _ends(pid: int) -> bool:
    """Whether a child ends by itself within a while; it is not yet reaped."""
    for _ in range(_ORDERLY_LOOKS):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            return True
        time.sleep(0.001)
    return False


def _cpu_of_the_reaped() -> float:
    """Seconds of CPU time that children took, all that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _text(source: bytes) -> str:
    return source.decode("utf-8", "surrogatepass")


def _receive(channel: int) -> bytes:
    """One message. The caller sends the next one only once this one is answered."""
    first = read(channel, _FIRST_BYTES)
    if not first:
        os._exit(0)
    missing = REQUEST_BYTES + request_length(first)[0] - len(first)
    if not missing:
        return first[REQUEST_BYTES:]
    parts = [first]
    while missing > 0:
        parts.append(read(channel, min(missing, _MORE_BYTES)) or os._exit(0))
        missing -= len(parts[-1])
    return b"".join(parts)[REQUEST_BYTES:]


def _watch_caller() -> int:
    """A descriptor that is readable once the calling process ends; -1 where the kernel has none."""
    try:
        return os.pidfd_open(os.getppid())
    except (OSError, AttributeError):
        return -1
