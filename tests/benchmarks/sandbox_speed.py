"""How fast the sandbox is, as ratios to raw forks in the same run: `python -m tests.benchmarks.sandbox_speed [ROUNDS]`.

Each method has its turn in each round, so that what else the machine does hits all of them alike. CPU time and page faults of a
call, which neighbours disturb less, follow at the end.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from steppingstone.sandbox import Sandbox
from steppingstone.sandbox.tiers import Tier
from tests.benchmarks.cost import Cost
from tests.benchmarks.worker import ATTEMPT, SOURCE, TESTS

TURN = 0.5


def rate(work: Callable[[], object], times: list[float] | None = None) -> float:
    """Runs a second, over one turn."""
    count, start = 0, time.perf_counter()
    while (now := time.perf_counter()) - start < TURN:
        work()
        if times is not None:
            times.append(time.perf_counter() - now)
        count += 1
    return count / (time.perf_counter() - start)


def both(work: Callable[[], object]) -> float:
    """Runs a second of two threads together."""
    rates: list[float] = []
    threads = [threading.Thread(target=lambda: rates.append(rate(work))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(rates)


def fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def fresh() -> None:
    subprocess.run([sys.executable, "-I", "-c", SOURCE], check=True)


def in_process() -> None:
    namespace: dict[str, Callable[[int], int]] = {}
    exec(compile(SOURCE, "<source>", "exec"), namespace)  # type: ignore[arg-type]
    namespace["f"](1)


class Peers:
    """Processes that do one thing, all of them or one, for a turn: raw forks of what a server holds, or calls."""

    def __init__(self, script: str, *options: str, where: str = "") -> None:
        here = Path(__file__).parent
        self.costs: list[Cost] = []
        self._processes = [
            subprocess.Popen(
                [sys.executable, *options, str(here / script), str(TURN), where],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": str(here.parents[1])},
            )
            for _ in range(2)
        ]

    def rate(self, count: int, what: str = "call") -> float:
        """Runs a second of the first `count` processes together; notes what a run cost."""
        chosen = self._processes[:count]
        for process in chosen:
            assert process.stdin
            print(what, file=process.stdin, flush=True)
        told = [json.loads(process.stdout.readline()) for process in chosen if process.stdout]
        if count == 1:
            self.costs += [Cost(*cost) for _, cost in told]
        return sum(rate for rate, _ in told)

    def report(self, name: str) -> None:
        """Print what one run cost, when one process worked."""
        cost = Cost(*map(statistics.median, zip(*self.costs, strict=True)))
        faults = f"{cost.caller_faults:.0f}, {cost.server_faults:.0f}, {cost.child_faults:.0f}"
        print(
            f"{name:32}{cost.ms:5.2f} ms of CPU: caller {cost.caller_ms:.2f}, server {cost.server_ms:.2f}, "
            f"child {cost.child_ms:.2f}; minor faults: {faults}"
        )

    def close(self) -> None:
        """Let them end."""
        for process in self._processes:
            process.communicate()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    literals = [[n] for n in range(320)]
    times: list[float] = []
    with Sandbox(2) as sandbox:
        forks, callers = Peers("loaded_fork.py", "-S", "-s"), Peers("worker.py")
        bound = Peers("worker.py", where="one-core")
        sandbox.call("import pathlib\n" + SOURCE, "f", [[1]])
        turns: dict[str, Callable[[], float]] = {
            "os.fork of a loaded process": lambda: forks.rate(1),
            "the same, 2 processes": lambda: forks.rate(2),
            "os.fork of this process": lambda: rate(fork),
            "python3 -I -c": lambda: rate(fresh),
            "exec in this process": lambda: rate(in_process),
            "a call, 1 worker": lambda: rate(lambda: sandbox.call(SOURCE, "f", [[1]]), times),
            "a call, 2 threads": lambda: both(lambda: sandbox.call(SOURCE, "f", [[1]])),
            "a call, all on one core": lambda: bound.rate(1),
            "a call, 1 process": lambda: callers.rate(1),
            "a call, 2 processes": lambda: callers.rate(2),
            "a call of tier stdlib": lambda: rate(lambda: sandbox.call("#import pathlib\n" + SOURCE, "f", [[1]])),
            "a program on stdin": lambda: rate(lambda: sandbox.run_program("print(input())", "x")),
            "tests as code": lambda: rate(lambda: sandbox.run_tests(SOURCE, "assert f(1) == 2\nassert f(2) == 3")),
            "checks, 10 tests an attempt": lambda: 10 * rate(lambda: sandbox.call(ATTEMPT, "f", TESTS)),
            "the same, all on one core": lambda: 10 * bound.rate(1, "checks"),
            "the same, 2 threads": lambda: 10 * both(lambda: sandbox.call(ATTEMPT, "f", TESTS)),
            "checks, 320 literals": lambda: 320 * rate(lambda: sandbox.call(SOURCE, "f", literals)),
        }
        measured: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(rounds):
            for name, turn in turns.items():
                measured[name].append(turn())
        report(measured, times, sandbox.policy_report(Tier.BARE)["policy"])
    for name, peers in (("os.fork of a loaded process", forks), ("a call", callers)):
        peers.report(name)
        peers.close()
    bound.close()


def report(measured: dict[str, list[float]], times: list[float], policy: str) -> None:
    base = measured["os.fork of a loaded process"]
    print(
        f"policy {policy}; medians of {len(base)} interleaved rounds\n"
        f"{'':32}{'a second':>10}  ratio to os.fork (lowest-highest)"
    )
    for name, rates in measured.items():
        ratios = [rate / raw for rate, raw in zip(rates, base, strict=True)]
        print(
            f"{name:32}{statistics.median(rates):10,.0f}  {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        )
    times.sort()
    p99 = times[len(times) * 99 // 100] / statistics.median(times)
    print(f"a call, 1 worker: median {1e3 * statistics.median(times):.2f} ms, p99 is {p99:.1f} times that")


if __name__ == "__main__":
    main()
