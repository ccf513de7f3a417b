"""The caller's end of one child's channel: whole frames within a deadline, and nothing else."""

import socket
import time
from dataclasses import dataclass, field

from steppingstone.sandbox import claims, frames

_READ_BYTES = 1 << 16
_LAST_LOOK = 0.001  # what arrived in time counts, even if this thread was late to look


class ChildEnded(Exception):
    """The child closed its channel, its argument, before its last frame."""


@dataclass(slots=True, eq=False)
class Channel:
    """Frames from one child, within a deadline (monotonic seconds)."""

    socket: socket.socket
    cap: int
    deadline: float
    _buffer: bytearray = field(default_factory=bytearray)
    _caps: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        message = frames.MESSAGE_BYTES
        self._caps = {frames.OK: self.cap, frames.STDOUT: self.cap, frames.ASK: message, frames.REPLY: message}

    def send(self, data: bytes) -> None:
        """Send the request. Raises TimeoutError, or `ChildEnded`."""
        try:
            self.socket.settimeout(self._left())
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ChildEnded(self) from error

    def frame(self) -> tuple[int, int, bytes]:
        """The next frame: kind, index, body. Raises TimeoutError, `ChildEnded` or `claims.BrokenFrame`."""
        while (whole := self._whole()) is None:
            self._read()
        return whole

    def _whole(self) -> tuple[int, int, bytes] | None:
        if len(self._buffer) < frames.FRAME.size:
            return None
        kind, index, length = frames.FRAME.unpack_from(self._buffer)
        if length > self._caps.get(kind, frames.FAILURE_BYTES):
            raise claims.BrokenFrame(f"a frame of {length} bytes")
        end = frames.FRAME.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[frames.FRAME.size : end])
        del self._buffer[:end]
        return kind, index, body

    def _read(self) -> None:
        self.socket.settimeout(self._left())
        try:
            data = self.socket.recv(_READ_BYTES)
        except ConnectionResetError as error:
            raise ChildEnded(self) from error
        if not data:
            raise ChildEnded(self)
        self._buffer += data

    def _left(self) -> float:
        return max(self.deadline - time.monotonic(), _LAST_LOOK)
