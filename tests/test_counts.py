"""What a process counts, and how it is told to Prometheus."""

import asyncio
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry, generate_latest

from steppingstone import counts
from steppingstone.counts import Count, Durations
from steppingstone.logs import about
from tasks.expose import Counts


def test_a_number_stands_under_the_run_that_it_is_about() -> None:
    count = Count("c", "", ("role",))
    with about(run="one"):
        count.add("teacher", by=2)
        count.add("teacher")
    with about(run="two"):
        count.add("student")
    assert count.values == {("one", "teacher"): 3, ("two", "student"): 1}


def test_threads_and_tasks_that_a_block_starts_count_for_its_run() -> None:
    count = Count("c", "")

    async def work() -> None:
        await asyncio.gather(*(asyncio.to_thread(count.add) for _ in range(5)))

    with about(run="one"):
        asyncio.run(work())
    assert count.values == {("one",): 5}


def test_no_addition_of_many_threads_is_lost() -> None:
    count, gate, interval = Count("c", ""), threading.Barrier(8), sys.getswitchinterval()

    def work(_: int) -> None:
        gate.wait()
        for _ in range(2_000):
            count.add()

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert sum(count.values.values()) == 16_000


def test_numbers_of_runs_long_ago_are_let_go() -> None:
    for number in range(counts.KEPT_RUNS + 3):
        with about(run=f"run {number}"):
            counts.begin()
            counts.CHAINS.add("induction")
    assert counts.BATCHES.values[f"run {counts.KEPT_RUNS}", "failed"] == 0
    kept = {run for run, _ in counts.CHAINS.values if run.startswith("run ")}
    assert kept == {f"run {number}" for number in range(3, counts.KEPT_RUNS + 3)}


def test_durations_are_told_as_a_histogram() -> None:
    took = Durations("took_seconds", "", (0.5, 1.0), ("server",))
    with about(run="r"):
        for seconds in (0.5, 0.7, 9.0):
            took.add(seconds, "s")
    registry = CollectorRegistry()
    registry.register(Counts([took]))
    told = generate_latest(registry).decode()
    assert [line.rpartition(" ")[2] for line in told.splitlines() if line.startswith("took_seconds_")] == [
        "1.0", "2.0", "3.0", "3.0", "10.2",
    ]  # fmt: skip
    assert 'took_seconds_bucket{le="1.0",run="r",server="s"} 2.0' in told
