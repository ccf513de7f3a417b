"""What HTTP costs a grader: `python -m tests.benchmarks.grading_service [ROUNDS]`.

A line for each environment, in completions a second: eight groups of 32, as GRPO samples them, at once, by this process
(`Grader.grade_many`) and by a service on this machine (`RemoteGrader.grade_many`), with their ratio; then one by one from eight
threads, by this process and by the service, with theirs. Both have a worker a core, and each way has its turn in each round;
medians. Half of the completions are right. Client and service share the cores, which a trainer and its service would not.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from steppingstone import Grader, PublishedProblem, load_problems
from steppingstone.sandbox import Sandbox
from steppingstone.service.client import RemoteGrader
from tests.benchmarks.grading_speed import GROUP, completions, rate
from tests.publishing import publish_one_of_each
from tests.service.serving import TOKEN, serving

GROUPS = 8
THREADS = 8
CORES = len(os.sched_getaffinity(0))


def several_of_each(folder: Path) -> Path:
    """A file with as many problems of each environment as there are groups, which differ in their names alone."""
    with Sandbox(CORES) as sandbox:
        table = pq.read_table(publish_one_of_each(folder, sandbox).folder / "problems.parquet")
    rows = [row | {"problem_id": f"{row['problem_id']}-{n}"} for row in table.to_pylist() for n in range(GROUPS)]
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path := folder / "several.parquet")
    return path


def ways(
    problems: list[PublishedProblem], here: Grader, there: RemoteGrader, threads: ThreadPoolExecutor
) -> list[Callable[[], object]]:
    """Groups at once, here and there; then one by one from threads, here and there."""
    texts = completions(problems[0].environment)
    pairs = [(problem, text) for problem in problems for text in texts]
    for grader in (here, there):
        assert [grade.reward for grade in grader.grade_many(pairs)] == [1, 0] * (len(pairs) // 2)
    return [
        partial(here.grade_many, pairs),
        partial(there.grade_many, pairs),
        lambda: list(threads.map(here.grade, problems * (GROUP // GROUPS), texts)),
        lambda: list(threads.map(there.grade, problems * (GROUP // GROUPS), texts)),
    ]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(THREADS) as threads:
        source = several_of_each(Path(folder))
        with serving(source, "--workers", str(CORES)) as service, Grader(CORES) as here:
            print(f"{CORES} cores   groups  service  ratio  singles  service  ratio")
            for name, problems in groupby(load_problems(source), lambda problem: problem.environment):
                timed = ways(list(problems), here, RemoteGrader(service.url, TOKEN), threads)
                sizes = [GROUP * GROUPS] * 2 + [GROUP] * 2
                rates = [[rate(way, size) for way, size in zip(timed, sizes, strict=True)] for _ in range(rounds)]
                many, remote, single, each = (statistics.median(column) for column in zip(*rates, strict=True))
                print(f"{name:9}{many:7,.0f}{remote:9,.0f}{remote / many:7.2f}", end="")
                print(f"{single:9,.0f}{each:9,.0f}{each / single:7.2f}", flush=True)


if __name__ == "__main__":
    main()
