"""A clock that ticks a millisecond at each look, from another date with each seed: who uses it is nondeterministic."""

import time
from collections.abc import Callable
from itertools import count

_EPOCH = 1_000_000_000
_APART = 401 * 86_400 + 3_723  # so that year, month, weekday, hour, minute and second all differ
_TICK_NS = 1_000_000


def replace(seed: int) -> None:
    """Put the clock that goes with a server's seed into the `time` module, in place of the machine's."""
    ticks = count((_EPOCH + seed * _APART) * 1_000_000_000, _TICK_NS)

    def nanoseconds() -> int:
        return next(ticks)

    def seconds() -> float:
        return next(ticks) / 1_000_000_000

    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(time, name, seconds)
        setattr(time, f"{name}_ns", nanoseconds)
    for name in ("gmtime", "localtime", "ctime"):
        setattr(time, name, _of_seconds(getattr(time, name), seconds))
    now = time.localtime
    time.strftime = _of_moment(time.strftime, now, 1)
    time.asctime = _of_moment(time.asctime, now, 0)


def _of_seconds(function: Callable[[float], object], now: Callable[[], float]) -> Callable[..., object]:
    def at(seconds: float | None = None, /) -> object:
        return function(now() if seconds is None else seconds)

    return at


def _of_moment(function: Callable[..., str], now: Callable[[], object], position: int) -> Callable[..., str]:
    def of(*arguments: object) -> str:
        return function(*arguments, now()) if len(arguments) == position else function(*arguments)

    return of
