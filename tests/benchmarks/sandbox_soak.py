"""A soak of the sandbox: honest and hostile programs from two workers; with --kill, servers and children killed at random.

Prints memory, descriptors, processes and files before and after; exits 1 if a verdict was wrong or anything stays (of memory:
more than 20 MiB).
"""

import argparse
import gc
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from steppingstone.errors import SandboxUnavailable
from steppingstone.sandbox import Limits, Sandbox

_SETTLE_SECONDS = 0.5
LONG = Limits(seconds=10.0, memory_mb=64)  # so that a busy machine makes nothing late
SHORT = Limits(seconds=0.3, memory_mb=64)
PLANTED = (Path("/tmp/planted"), Path("/dev/shm/planted"))
HOSTILE = {
    "sleep": ("import time\ndef f(x): time.sleep(60)", SHORT, {"timeout"}),
    "memory bomb": ("def f(x):\n    a = []\n    while True: a.append(bytearray(10**6))", LONG, {"memory"}),
    "early exit": ("import os\ndef f(x): os._exit(0)", LONG, {"killed"}),
    "closed channel": ("import os\ndef f(x):\n    os.closerange(0, 99)\n    while True: pass", LONG, {"killed"}),
    "fork": ("import os\ndef f(x): os.fork()", LONG, {"exception"}),
    "file": (f"def f(x): open({str(PLANTED[0])!r}, 'w')", LONG, {"exception"}),
    "shared memory": (f"def f(x): open({str(PLANTED[1])!r}, 'w')", LONG, {"exception"}),
    "kill": ("import os\ndef f(x): os.kill(os.getppid(), 9)", LONG, {"exception"}),
    "large": ("def f(x): return 'x' * 10**8", LONG, {"output_too_large", "memory"}),
    "threads": (
        "import threading, time\ndef f(x):\n    for n in range(40): threading.Thread(target=time.sleep, args=(9,)).start()",
        LONG,
        {"ok", "exception", "memory"},
    ),
    "flood": ("def f(x):\n    while True: print('x' * 10**5)", SHORT, {"timeout"}),
}
MAY_GROW = {"resident KiB": 20 * 1024}


@dataclass
class Tally:
    """What the workers saw; `wrong` names each verdict that was not as it must be."""

    verdicts: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    wrong: list[str] = field(default_factory=list)


def honest(sandbox: Sandbox, draw: random.Random, tally: Tally) -> None:
    """A program whose answer is known: any other one is wrong, be it that it took too long or was killed."""
    number = draw.randrange(10**6)
    kind = draw.randrange(4)
    if kind == 0:
        outcomes = sandbox.call("def f(x): return [x, x * 3]", "f", [[number], [number + 1]], LONG)
        seen = [(end.verdict.value, end.decoded if end.value else None) for end in outcomes]
        right = [("ok", [n, n * 3]) for n in (number, number + 1)]
    elif kind == 1:
        program = sandbox.run_program("print(int(input()) + 1)", str(number), LONG)
        seen, right = [(program.verdict.value, program.stdout)], [("ok", f"{number + 1}\n")]
    elif kind == 2:
        tests = f"assert f({number}) == {number + draw.randrange(2)}"
        outcome = sandbox.run_tests("def f(x): return x", tests, LONG)
        seen, right = [(outcome.verdict.value, None)], [("ok" if tests.endswith(f"== {number}") else "wrong", None)]
    else:
        (outcome,) = sandbox.call_repeatedly("import random\ndef f(x): return random.random()", "f", [[1]], LONG)
        seen, right = [(outcome.verdict.value, None)], [("nondeterministic", None)]
    tally.verdicts.update(verdict for verdict, _ in seen)
    tally.wrong += [f"{a} in place of {b}" for a, b in zip(seen, right, strict=True) if a != b]


def hostile(sandbox: Sandbox, draw: random.Random, tally: Tally) -> None:
    """A program that must end in one of few ways."""
    name = draw.choice(list(HOSTILE))
    source, limits, allowed = HOSTILE[name]
    (outcome,) = sandbox.call(source, "f", [[1]], limits)
    tally.verdicts[outcome.verdict.value] += 1
    if outcome.verdict.value not in allowed:
        tally.wrong.append(f"{name}: {outcome}")


def until(end: float, work: Callable[[], None], tally: Tally) -> None:
    """Again and again; a fault of the infrastructure is counted, and is no verdict."""
    while time.monotonic() < end:
        try:
            work()
        except SandboxUnavailable:
            tally.faults += 1


def processes(pid: int) -> list[int]:
    """All live descendants."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *processes(int(child))]
    return found


def killer(end: float, draw: random.Random) -> None:
    """Kill a server or a child at random moments."""
    while time.monotonic() < end:
        time.sleep(draw.random() * 0.4)
        if mine := processes(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(draw.choice(mine), signal.SIGKILL)


def state() -> dict[str, int]:
    """What must not grow, once the servers have nothing to do."""
    time.sleep(_SETTLE_SECONDS)
    gc.collect()
    status = Path("/proc/self/status").read_text().split()
    return {
        "resident KiB": int(status[status.index("VmRSS:") + 1]),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "processes": len(processes(os.getpid())),
        "planted files": sum(path.exists() for path in PLANTED),
    }


def stays(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """What grew by more than it may."""
    return [name for name, count in before.items() if after[name] > count + MAY_GROW.get(name, 0)]


def soak(seconds: float, kills: bool, seed: int = 0) -> tuple[Tally, dict[str, int], dict[str, int]]:
    """The tally, and the state before and after."""
    tally = Tally()
    with Sandbox(2) as sandbox:
        for _ in range(20):
            honest(sandbox, random.Random(seed), tally)
        before = state()
        end = time.monotonic() + seconds
        jobs = [
            threading.Thread(target=until, args=(end, _mixture(sandbox, random.Random(seed + number), tally), tally))
            for number in range(2)
        ]
        if kills:
            jobs.append(threading.Thread(target=killer, args=(end, random.Random(seed))))
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        for _ in range(4):
            sandbox.call_repeatedly("def f(): return 1", "f", [[]])
        return tally, before, state()


def _mixture(sandbox: Sandbox, draw: random.Random, tally: Tally) -> Callable[[], None]:
    return lambda: (hostile if draw.random() < 0.3 else honest)(sandbox, draw, tally)


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--kill", action="store_true", help="also kill servers and children with SIGKILL, at random")
    options = parser.parse_args()
    tally, before, after = soak(60 * options.minutes, options.kill)
    print(f"{tally.verdicts.total():,} verdicts {dict(tally.verdicts)}, {tally.faults} infrastructure faults")
    for name, count in before.items():
        print(f"{name:20} before {count:>8,}  after {after[name]:>8,}")
    for line in tally.wrong[:20]:
        print("WRONG", line)
    for name in stays(before, after):
        print("STAYS", name)
    return 1 if tally.wrong or stays(before, after) else 0


if __name__ == "__main__":
    sys.exit(main())
