"""What work costs in CPU and page faults, by process: figures that neighbours on the machine disturb less than rates."""

import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """CPU milliseconds and minor faults of a call: this process's own, a server's, and its ended children's."""

    caller_ms: float = 0.0
    server_ms: float = 0.0
    child_ms: float = 0.0
    caller_faults: float = 0.0
    server_faults: float = 0.0
    child_faults: float = 0.0

    @property
    def ms(self) -> float:
        """CPU milliseconds, all in all."""
        return self.caller_ms + self.server_ms + self.child_ms


def measured(work: Callable[[], int]) -> Cost:
    """The cost of each of the runs whose number `work` returns. Its servers are children of this process."""
    before = _now()
    runs = work()
    return Cost(*((end - start) / runs for start, end in zip(before, _now(), strict=True)))


def _now() -> Cost:
    own = resource.getrusage(resource.RUSAGE_SELF)
    server_ms, child_ms, server_faults, child_faults = map(sum, zip(*map(_of_server, _children()), strict=True))
    return Cost(1e3 * (own.ru_utime + own.ru_stime), server_ms, child_ms, own.ru_minflt, server_faults, child_faults)


def _children() -> list[int]:
    tasks = Path("/proc/self/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def _of_server(pid: int) -> tuple[float, float, int, int]:
    """CPU milliseconds and minor faults, its own and its children's; proc(5) counts the fields of a stat from 1."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    faults, child_faults, user, system, child_user, child_system = (int(fields[n - 3]) for n in (10, 11, 14, 15, 16, 17))
    return 1e3 * (user + system) / _TICKS, 1e3 * (child_user + child_system) / _TICKS, faults, child_faults
