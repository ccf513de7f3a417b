"""What `async with Sandbox(…)` gives: the same methods, awaitable, each in a thread of a small pool."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from steppingstone.sandbox.pool import Sandbox

Given = ParamSpec("Given")
Result = TypeVar("Result")


class AsyncSandbox:
    """Awaitable twins of the methods of `Sandbox`. A cancelled await lets its execution end by its own limits."""

    def __init__(self, sandbox: "Sandbox", threads: int) -> None:
        self._sandbox = sandbox
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sandbox")
        self.call = self._twin(type(sandbox).call)
        self.call_repeatedly = self._twin(type(sandbox).call_repeatedly)
        self.parse = self._twin(type(sandbox).parse)
        self.run_program = self._twin(type(sandbox).run_program)
        self.run_programs = self._twin(type(sandbox).run_programs)
        self.run_tests = self._twin(type(sandbox).run_tests)
        self.policy_report = self._twin(type(sandbox).policy_report)
        self.start = self._twin(type(sandbox).start)

    async def close(self) -> None:
        """End the servers, once those at work have ended their calls."""
        await self._twin(type(self._sandbox).close)()
        self._threads.shutdown()

    def _twin(self, method: "Callable[Concatenate[Sandbox, Given], Result]") -> Callable[Given, Coroutine[Any, Any, Result]]:
        async def twin(*arguments: Given.args, **options: Given.kwargs) -> Result:
            work = partial(method, self._sandbox, *arguments, **options)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)

        return twin
