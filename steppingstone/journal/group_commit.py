"""Puts of many tasks, loops and threads, written together: one thread takes all that wait, and one write stores them."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from steppingstone.errors import StorageError


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be stored, with its request key and its first sample's index."""

    key: str
    first: int
    data: bytes


class GroupCommit:
    """Calls `store` with all the lines that came while it was storing those before. Its thread starts with the first line."""

    def __init__(self, store: Callable[[list[Line]], None]) -> None:
        self._store = store
        self._queue: queue.SimpleQueue[tuple[Line, Future[None]] | None] = queue.SimpleQueue()
        self._handing_over = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def put(self, line: Line) -> "Future[None]":
        """Hands a line over, to be stored also if nobody waits for it any more. The future raises what `store` raises."""
        stored: Future[None] = Future()
        stored.set_running_or_notify_cancel()
        with self._handing_over:
            if self._closed:
                raise StorageError("the journal is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()
            self._queue.put((line, stored))
        return stored

    def close(self) -> None:
        """Returns once all that was handed over is stored."""
        with self._handing_over:
            self._closed = True
            self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            taken = [self._queue.get()]
            while not self._queue.empty():
                taken.append(self._queue.get())
            group = [one for one in taken if one is not None]
            going = len(group) == len(taken)
            if group:
                self._commit(group)

    def _commit(self, group: list[tuple[Line, "Future[None]"]]) -> None:
        try:
            self._store([line for line, _ in group])
        except Exception as error:
            for _, stored in group:
                stored.set_exception(error)
        else:
            for _, stored in group:
                stored.set_result(None)
