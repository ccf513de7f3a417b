"""How busy a run keeps the models' slots: `python -m tests.benchmarks.busy_slots [--chains 2000] [--processes 1] [--single]`.

A whole nightly flow on a Dask cluster of its own, against the offline server in fixed-latency mode (prepared answers, which
cost it next to nothing). Prints the share of busy slots between the first and the last minute, the CPU time of the
worker processes a completion, with and without their verification threads, their memory, and beside it the same requests
through a plain `asyncio.gather` with the `openai` client.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.request import urlopen

import openai

from infra.processes import free_port
from infra.services import environment

EDGE_S = 60
TICK = os.sysconf("SC_CLK_TCK")
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
PRELOAD = """
import json, os, threading, time

def told():
    while True:
        names = {each.native_id: each.name for each in threading.enumerate()}
        place = os.path.join(os.environ["BUSY_SLOTS_THREADS"], str(os.getpid()))
        with open(place + ".new", "w") as file:
            json.dump(names, file)
        os.replace(place + ".new", place)
        time.sleep(5)

def dask_setup(worker):
    threading.Thread(target=told, daemon=True).start()
"""
"""Has a worker tell the names of its threads: the system knows their times, and Python their names."""


STEPS = (
    "x = x + {0}",
    "x = abs(x - {0})",
    "x = x * {0} % 1000",
    "x = x // {1} + x % {1}",
    "x = -x if x % {1} else x + {0}",
    "x = max(x, {0}) - min(x, {1})",
    "x = sum(divmod(x, {0}))",
    "for i in range({1}):\n        x = x + i * {0}",
    "if x > {0}:\n        x = x - {1}",
    "x = int(str(abs(x))[::-1])",
)


@dataclass
class Sample:
    """The server's counts and the worker processes' use, at a time in seconds since the first request."""

    at: float
    busy_slot_s: float
    completions: int
    cpu_s: float
    verification_s: float
    memory_mb: float


def answers() -> dict[str, list[str]]:
    """Deductions as unlike as a teacher's, so many that hardly one comes twice: its attempts would come from the journal."""
    return {
        "offline-teacher": [deduction(random.Random(n)) for n in range(100_000)],
        "offline-student": [f"```answer\n[{rest}, {rest + 7}]\n```" for rest in range(3)] + ["no idea"],
    }


def deduction(draw: random.Random) -> str:
    """A program of a few steps that takes no time, and an input."""
    steps = [STEPS[0], *draw.choices(STEPS, k=5)]
    code = "\n    ".join(step.format(draw.randint(2, 99), draw.randint(2, 9)) for step in steps)
    return f"```python\ndef f(x):\n    {code}\n    return [x % 3, x]\n```\n```input\n7\n```"


def corpus(folder: Path, documents: int) -> Path:
    """A corpus that takes no time to draw from: a document a chain."""
    part = "def part_{0}_{1}(value):\n    if value % {1} == {0} % {1}:\n        return value * {0}\n    return value + {1}\n"
    file = folder / "corpus.jsonl"
    with file.open("w") as out:
        for number in range(documents):
            text = "".join(part.format(number, k) for k in range(2, 11))
            out.write(
                json.dumps({"id": str(number), "content": text, "max_stars_repo_name": "r", "max_stars_repo_path": "p"}) + "\n"
            )
    return file


@contextlib.contextmanager
def process(
    *command: str, env: dict[str, str] | None = None, log: IO[str] | int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, *command], env=env or environment(), stdout=subprocess.PIPE, stderr=log, text=True
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait()


@contextlib.contextmanager
def models(folder: Path, latency: float, slots: int, *more: str) -> Iterator[str]:
    """The offline server in fixed-latency mode; gives its URL."""
    file = folder / "answers.json"
    file.write_text(json.dumps(answers()))
    options = ["--latency", str(latency), "--slots", str(slots), "--answers", str(file), "--workers", "1", *more]
    with process("-m", "steppingstone.offline", *options) as server:
        assert server.stdout
        yield server.stdout.readline().strip()


def stats(url: str) -> dict[str, Any]:
    with urlopen(f"{url.removesuffix('/v1')}/stats", timeout=10) as reply:
        return dict(json.load(reply))


def workers_use(marked: str, threads: Path) -> tuple[float, float, float]:
    """CPU seconds, those of the verification threads among them, and MB of the Dask worker processes.

    The sandbox's servers, their children, are not counted.
    """
    cpu = verification = memory = 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marked.encode() in (entry / "environ").read_bytes() and b"multiprocessing" in (entry / "cmdline").read_bytes():
                fields = stat(entry)
                cpu += seconds(fields)
                memory += int(fields[21]) * PAGE_KB / 1024
                verification += sum(
                    seconds(stat(entry / "task" / thread))
                    for thread, name in json.loads((threads / entry.name).read_text()).items()
                    if name.startswith("verification")
                )
    return cpu, verification, memory


def stat(entry: Path) -> list[str]:
    """A process's or a thread's figures, from the third on."""
    return (entry / "stat").read_text().rsplit(") ", 1)[1].split()


def seconds(fields: list[str]) -> float:
    return (int(fields[11]) + int(fields[12])) / TICK


def options(url: str, data: Path, chosen: argparse.Namespace) -> list[str]:
    """The flow's options."""
    named = {
        "--data_root": str(data),
        "--seeds.count": str(chosen.chains),
        "--seeds.corpus.paths": str(corpus(data.parent, chosen.chains)),
        "--environments": '["deduction"]',
        "--teacher.base_urls": url,
        "--student.base_urls": url,
        "--generation.requests_in_flight": str(chosen.slots),
        "--generation.rounds": str(chosen.rounds),
        "--generation.attempts": str(chosen.attempts),
    }
    return [part for pair in named.items() for part in pair]


def flow(url: str, data: Path, chosen: argparse.Namespace) -> list[Sample]:
    """Runs the flow, and watches it every second."""
    port, mark = str(free_port()), f"BUSY_SLOTS={free_port()}"
    threads, preload = data.parent / "threads", data.parent / "preload.py"
    threads.mkdir()
    preload.write_text(PRELOAD)
    env = environment() | dict([mark.split("=")]) | {"DASK_SCHEDULER": f"tcp://127.0.0.1:{port}"}
    env["BUSY_SLOTS_THREADS"] = str(threads)
    samples: list[Sample] = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(process("-m", "distributed.cli.dask_scheduler", "--port", port, "--no-dashboard", env=env))
        worker = ["-m", "distributed.cli.dask_worker", f"127.0.0.1:{port}", "--no-dashboard", "--preload", str(preload)]
        stack.enter_context(process(*worker, "--nworkers", str(chosen.processes), "--nthreads", "8", env=env))
        log = stack.enter_context((data.parent / "flow.log").open("w+"))
        run = stack.enter_context(process("-m", "flows.nightly", *options(url, data, chosen), env=env, log=log))
        since = 0.0
        while run.poll() is None:
            time.sleep(1)
            seen = stats(url)
            since = since or (time.monotonic() if seen["served"] else 0.0)
            if since:
                samples.append(
                    Sample(
                        time.monotonic() - since, seen["busy_slot_seconds"], seen["completions"], *workers_use(mark, threads)
                    )
                )
        if run.wait():
            log.seek(0)
            raise SystemExit(f"the flow ended with exit code {run.returncode}: {log.read()[-3000:]}")
    return samples


async def gathered(url: str, requests: int, slots: int, attempts: int) -> float:
    """Seconds of CPU a completion of the plain way: half the requests with one choice, half with so many."""
    limit = asyncio.Semaphore(slots)
    started = time.process_time()

    async def ask(number: int) -> int:
        async with limit:
            count = attempts if number % 2 else 1
            name = "offline-student" if number % 2 else "offline-teacher"
            reply = await client.chat.completions.create(
                model=name, messages=[{"role": "user", "content": f"{number}"}], n=count, seed=number
            )
            return len(reply.choices)

    async with openai.AsyncOpenAI(base_url=url, api_key="none") as client:
        completions = sum(await asyncio.gather(*map(ask, range(requests))))
    return (time.process_time() - started) / completions


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.busy_slots", description=__doc__)
    parser.add_argument("--chains", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=1, help="Dask worker processes")
    parser.add_argument("--slots", type=int, default=256)
    parser.add_argument("--latency", type=float, default=2.0, help="seconds a request")
    parser.add_argument("--single", action="store_true", help="a server that gives one choice a request, whatever n says")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--attempts", type=int, default=32)
    chosen = parser.parse_args()
    single = ["--single"] if chosen.single else []
    with tempfile.TemporaryDirectory() as folder:
        with models(Path(folder), chosen.latency, chosen.slots, *single) as url:
            samples = flow(url, Path(folder, "data"), chosen)
        with models(Path(folder), 0.1, chosen.slots) as url:
            plain = asyncio.run(gathered(url, 4_000, chosen.slots, 1 if chosen.single else chosen.attempts))
    report(samples, chosen.slots, plain)


def report(samples: list[Sample], slots: int, plain: float) -> None:
    """Prints what was measured."""
    # After the last completion the flow validates and publishes.
    samples = [sample for sample in samples if sample.completions < samples[-1].completions]
    last = samples[-1]
    inner = [sample for sample in samples if EDGE_S <= sample.at <= last.at - EDGE_S]
    most = max(sample.memory_mb for sample in samples)
    print(f"{last.completions:,} completions in {last.at:.0f} s; memory of the workers at most {most:.0f} MB")
    if len(inner) > 1:
        busy = (inner[-1].busy_slot_s - inner[0].busy_slot_s) / (slots * (inner[-1].at - inner[0].at))
        print(f"slots busy between the first and the last minute: {100 * busy:.1f}% ({inner[-1].at - inner[0].at:.0f} s)")
        quarter = inner[len(inner) // 4].memory_mb
        print(f"memory after a quarter of that time {quarter:.0f} MB, at its end {inner[-1].memory_mb:.0f} MB")
    whole = last.cpu_s / last.completions
    # Threads that have ended are not counted any more.
    own = (last.cpu_s - max(sample.verification_s for sample in samples)) / last.completions
    print(f"CPU of the workers: {1e3 * whole:.2f} ms a completion; without their verification threads {1e3 * own:.2f} ms")
    print(f"plain asyncio.gather with the openai client: {1e3 * plain:.2f} ms a completion; ratio {whole / plain:.1f}")


if __name__ == "__main__":
    main()
