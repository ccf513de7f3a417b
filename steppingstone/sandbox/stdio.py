"""A whole program in a child: standard input from memory, standard output captured, as it would be at a shell.

No descriptor is opened for it: what programs do with descriptors 0 and 1 (`open(0)`, `os.read(0, n)`, `os.fstat(0)`,
`os.write(1, data)`) is done in memory too.
"""

import atexit
import builtins
import gc
import io
import os
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from steppingstone.sandbox import frames, program

_BUFFER = 1 << 16


class _Input(io.RawIOBase):
    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    def fileno(self) -> int:
        return 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        part = self._data[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def status(self) -> os.stat_result:
        """What `os.fstat(0)` says of a file of this size."""
        return os.stat_result((0o100400, 0, 0, 1, 0, 0, len(self._data), 0, 0, 0))


class _Output(io.RawIOBase):
    def __init__(self, cap: int, flood: Callable[[], None]) -> None:
        self.kept = bytearray()
        self._cap = cap
        self._flood = flood

    def fileno(self) -> int:
        return 1

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.kept += data
        if len(self.kept) > self._cap:
            self._flood()
        return len(data)


def run(source: str, stdin: bytes, cap: int, send: program.Send) -> None:
    """Send what the program wrote, then how it ended."""
    leave = os._exit

    def flood() -> NoReturn:
        send(frames.pack_frame(frames.STDOUT, 0, bytes(output.kept[:cap])))
        send(frames.pack_frame(frames.OUTPUT_TOO_LARGE, 0, program.rule(f"more than {cap} bytes of standard output")))
        leave(0)

    def finish(result: program.Result) -> NoReturn:
        send(frames.pack_frame(frames.STDOUT, 0, bytes(output.kept)))
        send(frames.pack_frame(result[0], 0, result[1]))
        leave(0)

    output = _Output(cap, flood)
    _connect(_Input(stdin), output, lambda status: finish(_left(status)))
    finish(_outcome(source))


def _outcome(source: str) -> program.Result:
    code = program.compiled(source)
    if isinstance(code, tuple):
        return code
    module = sys.modules["__main__"] = ModuleType("__main__")
    gc.enable()
    ended = _guarded(lambda: exec(code, module.__dict__))  # this is what the sandbox is for
    closed = _guarded(_wind_up)
    return ended if ended[0] != frames.OK else closed


def _guarded(step: Callable[[], object]) -> program.Result:
    try:
        step()
    except SystemExit as error:
        return _left(error.code)
    except BaseException as error:  # a program's own exception is data
        return program.failure(error)
    return frames.OK, b""


def _left(status: object) -> program.Result:
    if status is None or status == 0:
        return frames.OK, b""
    return frames.EXCEPTION, frames.pack_failure(frames.Failure("SystemExit", program.clip(status)))


def _wind_up() -> None:
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter itself calls: waits for threads
    atexit._run_exitfuncs()
    sys.stdout.flush()


def _connect(given: _Input, output: _Output, left: Callable[[int], NoReturn]) -> None:
    read, write, fstat, opened = os.read, os.write, os.fstat, builtins.open

    def open_(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if file not in (0, 1, "/dev/stdin", "/dev/stdout"):
            return opened(file, mode, *arguments, **options)
        binary = io.BufferedReader(given, _BUFFER) if file in (0, "/dev/stdin") else io.BufferedWriter(output, _BUFFER)
        return binary if "b" in mode else _text(binary)

    os.read = lambda fd, n: given.read(n) or b"" if fd == 0 else read(fd, n)
    os.write = lambda fd, data: output.write(data) if fd == 1 else write(fd, data)
    os.fstat = lambda fd: given.status() if fd == 0 else fstat(fd)
    os._exit = left  # type: ignore[assignment]
    builtins.open = io.open = os.fdopen = open_  # type: ignore[assignment]
    sys.stdin = sys.__stdin__ = _text(io.BufferedReader(given, _BUFFER))  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _text(io.BufferedWriter(output, _BUFFER))  # type: ignore[misc]


def _text(binary: Any) -> io.TextIOWrapper:
    text = io.TextIOWrapper(binary, "utf-8", "surrogateescape", newline=None if binary.readable() else "\n")
    # Programs ask a real standard stream for it.
    text.mode = "r" if binary.readable() else "w"  # type: ignore[misc]
    return text
