"""How fast the journal is and what it holds in memory: `python -m tests.benchmarks.journal_speed [COMPLETIONS …]`.

For each number of completions of a thousand characters, in a fresh folder: puts of one and of 32, 256 under way at once, beside
plain lines appended to one file without waiting for the disk; then, in a process of its own each, reopening, finding
and opening without an index. CPU is of all threads, in milliseconds a completion; memory is resident, in MB.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from steppingstone.journal import Journal
from steppingstone.records import Completion

AT_ONCE, FINDS, TOGETHER = 256, 5_000, 32


def completion(number: int) -> Completion:
    return Completion(f"{number:08}" * 25, "stop", 300, 250, f"{number:08}" * 100)


def key(number: int) -> str:
    return f"{number * 2_654_435_761 % 2**32:032x}"


def memory_mb(what: str = "VmRSS") -> float:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


class Stopwatch:
    """Wall and CPU time since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def told(self, what: str, completions: int, baseline: float | None = None) -> float:
        """Prints what was done with so many completions; returns completions a second."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        ratio = f"{completions / wall / baseline:10.2f}" if baseline else ""
        print(f"  {what:34}{completions / wall:12,.0f} a second {1e3 * cpu / completions:10.3f} ms CPU{ratio}", flush=True)
        return completions / wall


def append(folder: Path, count: int) -> float:
    watch = Stopwatch()
    with (folder / "plain").open("ab", buffering=0) as file:
        for number in range(count):
            entry = {"key": key(number), "index": 0, "completion": asdict(completion(number))}
            file.write(json.dumps(entry).encode() + b"\n")
    (folder / "plain").unlink()
    return watch.told("plain appends, the baseline", count)


async def fill(folder: Path, count: int, together: int, baseline: float) -> None:
    journal = Journal(folder)
    numbers = iter(range(0, count, together))

    async def go_on() -> None:
        for number in numbers:
            said = [completion(number + index) for index in range(together)]
            await journal.put(key(number), 0, said, 1000)

    watch = Stopwatch()
    await asyncio.gather(*(go_on() for _ in range(AT_ONCE)))
    watch.told(f"puts of {together}", count, baseline)
    journal.close()


async def look(folder: Path, count: int, together: int) -> None:
    before = memory_mb()
    start = time.perf_counter()
    journal = Journal(folder)
    opened = time.perf_counter() - start
    chosen = random.Random(7).choices(range(0, count, together), k=FINDS // together)
    watch = Stopwatch()
    for number in chosen:
        assert len(await journal.find(key(number), together, 1000)) == together
    watch.told(f"finds of {together}", len(chosen) * together)
    print(
        f"  opened in {opened:.3f} s; memory {before:.0f} before, {memory_mb():.0f} after, {memory_mb('VmHWM'):.0f} at most",
        flush=True,
    )
    journal.close()


def measure(count: int, together: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{count:,} completions, {together} a put", flush=True)
        asyncio.run(fill(folder, count, together, append(folder, count)))
        again = [sys.executable, "-m", "tests.benchmarks.journal_speed", "look", name, str(count), str(together)]
        subprocess.run(again, check=True)
        for path in folder.glob("index-*"):
            path.unlink()
        print("  without an index:", flush=True)
        subprocess.run(again, check=True)


def main() -> None:
    if sys.argv[1:2] == ["look"]:
        asyncio.run(look(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
        return
    for together in (1, TOGETHER):
        for count in [int(count) for count in sys.argv[1:]] or [10_000, 500_000]:
            measure(count - count % TOGETHER, together)


if __name__ == "__main__":
    main()
