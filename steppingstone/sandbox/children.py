"""The fork server's loop, and how each child is readied. The server never sees a request: a child reads its own.

Orders come one byte a message: `NEXT` forks a child and answers with its channel, `END` ends the oldest child,
`END_WITH_STATUS` ends it and answers how it ended. End of file, or the end of the caller, ends everything.
"""

import _socket  # the class in `socket` wraps it in Python code, whose pages would be copied for each child
import os
import resource
import select
import signal
import socket
import time
from collections import deque
from typing import NoReturn

from steppingstone.sandbox import frames, kernel, policy, program, solution, stdio, testing

_THREADS = 64
_IDLE_MS = 20
_ORDERLY_LOOKS = 100  # a millisecond apart


class Children:
    """The children of one server, oldest first: the one at work, and a spare that waits for the next request."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._caller = _watch_caller()
        self._pid = os.getpid()
        self._readiness = kernel.Readiness(policy.child_filter())
        self._base_bytes = _address_space()
        self._descriptors = [fd for fd in (link.fileno(), self._caller) if fd >= 0]
        self._bounds_threads = False
        self._pids: deque[int] = deque()
        self._ended: deque[int] = deque()
        self.kept: list[object] = []

    def adopt(self, report: dict[str, str]) -> None:
        """Go by what is enforced: threads can be bounded where the server's processes are counted apart from others."""
        self._bounds_threads = "user" in report["namespaces"].split()
        if policy.MISSING in report["seccomp"]:
            self._readiness = kernel.Readiness(None)

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
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, frames.DESCRIPTOR.pack(ours.fileno()))
            self._link.sendmsg((frames.CHANNEL,), (rights,))
            ours.close()
            self._reap()
        elif order == frames.END:
            self._end()
        elif order == frames.END_WITH_STATUS:
            self._link.send(frames.STATUS.pack(*self._end_orderly()))

    def _fork(self) -> "_socket.socket":
        """The channel to a fresh child."""
        ours, theirs = _socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        pid = kernel.fork()
        if pid == 0:
            ours.close()
            self._live(theirs.detach())
        self._pids.append(pid)
        theirs.close()
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

    def _live(self, channel: int) -> NoReturn:
        """Be the child: confined once more, for one request, and gone."""
        leave = os._exit
        try:
            self._ready()
            body = _receive(channel)
            order, source, inputs = frames.unpack_request(body)
            self._limit(order, len(body))
            _do(order, source, inputs, channel)
            leave(0)
        except MemoryError:
            leave(frames.EXIT_MEMORY)
        finally:
            leave(frames.EXIT_BROKEN)

    def _ready(self) -> None:
        self._readiness.apply()
        if os.getppid() != self._pid:
            os._exit(frames.EXIT_BROKEN)
        for descriptor in self._descriptors:
            os.close(descriptor)

    def _limit(self, order: frames.Order, request_bytes: int) -> None:
        space = self._base_bytes + 3 * request_bytes + order.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        if self._bounds_threads:
            resource.setrlimit(resource.RLIMIT_NPROC, (_THREADS, _THREADS))
        resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds + 1))


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
    def send(data: bytes) -> None:
        program.write_all(channel, data)

    if order.mode in (frames.CALL, frames.PARSE):
        program.answer(order, source, inputs, send)
        return
    text = source.decode("utf-8", "surrogatepass")
    if order.mode == frames.PROGRAM:
        stdio.run(text, inputs[0], order.output_bytes, send)
    serve = solution.serve if order.mode == frames.SOLUTION else testing.run
    serve(text, send, lambda: _receive(channel))


def _receive(channel: int) -> bytes:
    (length,) = frames.REQUEST.unpack(_read(channel, frames.REQUEST.size))
    return _read(channel, length)


def _read(channel: int, length: int) -> bytes:
    parts = []
    while length:
        part = os.read(channel, min(length, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


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
