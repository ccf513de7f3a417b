"""Calls over and over, in a process with a sandbox of its own; rate and cost for each input line, `call` or `checks`.

With `one-core` all of it, the sandbox's servers and children too, stays on one core.
"""

import json
import os
import sys
import time
from collections.abc import Callable

from steppingstone.sandbox import Sandbox
from tests.benchmarks import cost

SOURCE = "def f(x):\n    return x + 1"
ATTEMPT = (
    "def f(a, b):\n    counts = {}\n    for n in range(a):\n        counts[n % b] = counts.get(n % b, 0) + 1\n    return counts"
)
TESTS = [[n % 7 + 1, n % 3 + 1] for n in range(10)]


def main(turn: float) -> None:
    def work() -> int:
        runs, start = 0, time.perf_counter()
        while time.perf_counter() - start < turn:
            chosen()
            runs += 1
        rates.append(runs / (time.perf_counter() - start))
        return runs

    rates: list[float] = []
    with Sandbox(2) as sandbox:
        does: dict[str, Callable[[], object]] = {
            "call": lambda: sandbox.call(SOURCE, "f", [[1]]),
            "checks": lambda: sandbox.call(ATTEMPT, "f", TESTS),
        }
        for line in sys.stdin:
            chosen = does[line.strip()]
            spent = cost.measured(work)
            print(json.dumps([rates[-1], spent]), flush=True)


if __name__ == "__main__":
    if "one-core" in sys.argv:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    main(float(sys.argv[1]))
