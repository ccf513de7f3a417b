"""The fork server's loop, and how each child is readied. The server never sees a request: a child reads its own.

Orders come one byte a message: `NEXT` forks a child and answers with its channel, `END` ends the oldest child,
`END_WITH_STATUS` ends it and answers how it ended. End of file, or the end of the caller, ends everything.
"""

import _socket  # `socket` wraps it in Python code and enumerations, whose pages would be copied for each child
import os
import resource
import select
import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from steppingstone.sandbox import frames, kernel, policy, program, solution, stdio, testing

_THREADS = 64
_DESCRIPTORS = 32
_IDLE_MS = 20
_FIRST_BYTES = 1 << 13  # of a message: enough for most, on few pages
_MORE_BYTES = 1 << 20
_REHEARSALS = 20
_ORDERLY_LOOKS = 100  # a millisecond apart


class Children:
    """The children of one server, oldest first: the one at work, and a spare that waits for the next request."""

    def __init__(self, link: _socket.socket) -> None:
        self._link = link
        self._caller = _watch_caller()
        self._descriptors = [fd for fd in (link.fileno(), self._caller) if fd >= 0]
        ready = kernel.Readiness(policy.child_filter()).apply
        self._life = Life(os.getpid(), ready, tuple(self._descriptors), base_bytes=_address_space())
        self._pids: deque[int] = deque()
        self._ended: deque[int] = deque()
        self.kept: list[object] = []

    def adopt(self, report: dict[str, str]) -> None:
        """Go by what is enforced: threads can be bounded where the server's processes are counted apart from others."""
        self._life.bounds_threads = "user" in report["namespaces"].split()
        if policy.MISSING in report["seccomp"]:
            self._life.ready = kernel.Readiness(None).apply

    def serve(self) -> None:
        """Follow orders until the caller is gone."""
        waiting = select.poll()
        for watched in self._descriptors:
            waiting.register(watched, select.POLLIN)
        try:
            while True:
                ready = waiting.poll(_IDLE_MS if self._ended else None)
                if not ready:
                    self._reap()
                    continue
                if self._caller >= 0 and (self._caller, select.POLLIN) in ready:
                    break
                order = self._link.recv(1)
                if not order:
                    break
                self._follow(order)
        finally:
            while self._pids:
                self._end()
            self._reap()

    def _follow(self, order: bytes) -> None:
        if order == frames.NEXT:
            ours = self._fork()
            rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, frames.DESCRIPTOR.pack(ours))
            self._link.sendmsg((frames.CHANNEL,), (rights,))
            os.close(ours)
            self._reap()
        elif order == frames.END:
            self._end()
        elif order == frames.END_WITH_STATUS:
            self._link.send(frames.STATUS.pack(*self._end_orderly()))

    def _fork(self) -> int:
        """The channel to a fresh child."""
        ours, theirs = _channel()
        pid = kernel.fork()
        if pid == 0:
            self._life.live(theirs, ours)
        self._pids.append(pid)
        os.close(theirs)
        return ours

    def _end(self) -> None:
        pid = self._pids.popleft()
        os.kill(pid, signal.SIGKILL)
        self._ended.append(pid)

    def _reap(self) -> None:
        """Wait for those that were ended: not at once, so that the next fork need not wait for their pages to go."""
        while self._ended:
            os.waitpid(self._ended.popleft(), 0)

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
    """What a child does from its fork to its end: confined once more, for one request, and gone."""

    server: int
    ready: Callable[[], None]
    descriptors: tuple[int, ...] = ()
    leave: Callable[[int], object] = os._exit
    limit: Callable[[int, tuple[int, int]], object] = resource.setrlimit
    base_bytes: int = 0
    bounds_threads: bool = False

    def live(self, channel: int, callers: int) -> None:
        """Answer the request that comes on `channel`, having let go of its other end and of what is the server's."""
        leave = self.leave
        try:
            self.ready()
            if os.getppid() != self.server:
                leave(frames.EXIT_BROKEN)
            os.close(callers)
            for descriptor in self.descriptors:
                os.close(descriptor)
            body = _receive(channel)
            order, source, inputs = frames.unpack_request(body)
            self._limit(order, len(body))
            _do(order, source, inputs, channel)
            leave(0)
        except MemoryError:
            leave(frames.EXIT_MEMORY)
        finally:
            leave(frames.EXIT_BROKEN)

    def _limit(self, order: frames.Order, request_bytes: int) -> None:
        space = self.base_bytes + 3 * request_bytes + order.memory_bytes
        self.limit(resource.RLIMIT_AS, (space, space))
        self.limit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
        if self.bounds_threads:
            self.limit(resource.RLIMIT_NPROC, (_THREADS, _THREADS))
        self.limit(resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds + 1))


def rehearse(request: bytes) -> None:
    """Do here what each child does, so that it finds every cache filled and all code specialised: that spares it pages."""
    life = Life(os.getppid(), kernel.Readiness(None).rehearse, leave=lambda status: None, limit=lambda kind, limit: None)
    for _ in range(_REHEARSALS):
        ours, theirs = _channel()
        other, *rest = _channel()
        life.descriptors = tuple(rest)
        os.write(ours, request)
        life.live(theirs, other)
        os.close(ours)
        os.close(theirs)


def _channel() -> tuple[int, int]:
    ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
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


def _do(order: frames.Order, source: bytes, inputs: list[bytes], channel: int) -> None:
    send = partial(program.write_all, channel)
    if order.mode in (frames.CALL, frames.PARSE):
        program.answer(order, source, inputs, send)
        return
    text = source.decode("utf-8", "surrogatepass")
    if order.mode == frames.PROGRAM:
        stdio.run(text, inputs[0], order.output_bytes, send)
    serve = solution.serve if order.mode == frames.SOLUTION else testing.run
    serve(text, send, lambda: _receive(channel))


def _receive(channel: int) -> bytes:
    """One message. The caller sends the next one only once this one is answered."""
    parts = [_read(channel, _FIRST_BYTES)]
    missing = frames.REQUEST.size + frames.REQUEST.unpack_from(parts[0])[0] - len(parts[0])
    while missing > 0:
        parts.append(_read(channel, min(missing, _MORE_BYTES)))
        missing -= len(parts[-1])
    return b"".join(parts)[frames.REQUEST.size :]


def _read(channel: int, most: int) -> bytes:
    return os.read(channel, most) or os._exit(0)


def _watch_caller() -> int:
    """A descriptor that is readable once the calling process ends; -1 where the kernel has none."""
    try:
        return os.pidfd_open(os.getppid())
    except (OSError, AttributeError):
        return -1


def _address_space() -> int:
    """Bytes of address space that this process has now."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
