"""A trivial call over and over, in a process with a sandbox of its own; rate and cost for each line of input."""

import json
import sys
import time

from steppingstone.sandbox import Sandbox
from tests.benchmarks import cost

SOURCE = "def f(x):\n    return x + 1"


def main(turn: float) -> None:
    def work() -> int:
        runs, start = 0, time.perf_counter()
        while time.perf_counter() - start < turn:
            sandbox.call(SOURCE, "f", [[1]])
            runs += 1
        rates.append(runs / (time.perf_counter() - start))
        return runs

    rates: list[float] = []
    with Sandbox(2) as sandbox:
        for _ in sys.stdin:
            spent = cost.measured(work)
            print(json.dumps([rates[-1], spent]), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
