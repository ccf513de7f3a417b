"""The processes that compute replies, and the watch that ends a process whose parent is gone."""

import asyncio
import multiprocessing
import os
import resource
import signal
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from steppingstone.offline.answers import answer
from steppingstone.offline.protocol import MODELS, ChatRequest, ProtocolError

POLL_SECONDS = 0.25
REQUEST_SECONDS = 60
MEMORY_BYTES = 4 << 30


class Workers:
    """A pool of processes. A pool in which a process died is replaced, and the request is told to come again."""

    models = MODELS

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # A fixed hash seed makes a reply the same in every worker, even where an interpreted program iterates over a set.
        os.environ["PYTHONHASHSEED"] = "0"
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=_begin, initargs=(os.getpid(),))
        for _ in range(self.count):
            pool.submit(time.sleep, 0.02)
        return pool

    async def replies(self, request: ChatRequest) -> list[str]:
        """One text a choice. Raises `ProtocolError` 503 if a process died meanwhile."""
        pool = self.pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, _answer, request)
        except BrokenProcessPool as error:
            if self.pool is pool:
                self.pool = self._start()
            raise ProtocolError(503, "a worker process died; try again") from error

    def stop(self) -> None:
        """Ends all processes at once, whatever they are computing."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()


def _answer(request: ChatRequest) -> list[str]:
    # The alarm's default action ends the process even inside one long operation: the last resort behind all caps.
    signal.setitimer(signal.ITIMER_REAL, REQUEST_SECONDS)
    try:
        return answer(request)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _begin(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # Seeds and prompts are other people's code: what Python would say of its style is of no interest here.
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    watch(parent, lambda: os._exit(0))


def watch(parent: int, gone: Callable[[], None]) -> None:
    """Calls `gone`, in a thread, soon after the process `parent` has ended."""
    direct = os.getppid() == parent
    threading.Thread(target=_poll, args=(parent, direct, gone), daemon=True).start()


def _poll(parent: int, direct: bool, gone: Callable[[], None]) -> None:
    while os.getppid() == parent if direct else _exists(parent):
        time.sleep(POLL_SECONDS)
    gone()


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
