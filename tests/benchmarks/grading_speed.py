"""How fast completions are graded, beside the same without a sandbox: `python -m tests.benchmarks.grading_speed [ROUNDS]`.

A line for each environment, in completions a second: one by one from one thread (`grade`), from two threads a core, by a pool
of a process a core; several problems at once in groups of 32, as GRPO samples them (`grade_many`); and last the baseline, the
programs of such a group run in this very process by `exec` and `eval`, one after the other and without any bound. Each way has
its turn in each round; medians. Half of the completions are right, and no two of a group are alike.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

from steppingstone import Problem, grade, grade_many
from steppingstone.environments import OWN
from steppingstone.environments.base import fenced
from steppingstone.replies import last_block
from steppingstone.sandbox import Sandbox
from tests.publishing import proved

GROUP, GROUPS = 32, 4
TURN_S = 1.5
CORES = len(os.sched_getaffinity(0))
ANSWERS = {
    "induction": ("python", "def f(x):\n    return [x * x - {}, x]", "5", "6"),
    "abduction": ("answer", "{}", "17", "18"),
    "deduction": ("answer", "[{}, 17]", "284", "285"),
    "fuzzing": ("answer", "[4, 9{}]", ", 9", ""),
    "real": ("python", "def half(n):\n    return n // {}", "2", "3"),
}
"""Of each problem of `tests.publishing`: the block, its text, and what stands in the gap of a right and of a wrong answer."""
UNBOUND = {
    "induction": "[f(x) for x in range(12)]",
    "abduction": "f(eval(answer))",
    "deduction": "eval(answer)",
    "fuzzing": "is_valid(eval(answer)) and test(eval(answer))",
    "real": "(half(8), half(42))",
}


def completions(name: str) -> list[str]:
    """A group: right and wrong answers in turn, each in words of its own."""
    label, text, *gaps = ANSWERS[name]
    answers = [text.format(gaps[number % 2]) for number in range(GROUP)]
    if label == "answer":
        return [fenced(label, f"({' ' * number}{answer})") for number, answer in enumerate(answers)]
    return [fenced(label, f"{answer}  # {number}") for number, answer in enumerate(answers)]


def unbound(name: str, problem: Problem, texts: list[str]) -> None:
    """What a grader without a sandbox does with completions."""
    for text in texts:
        body = last_block(text) or ""
        names: dict[str, object] = {"answer": body}
        try:
            exec(body if name in ("induction", "real") else problem.code, names)
            eval(UNBOUND[name], names)
        except AssertionError:
            pass


def rate(work: Callable[[], object], size: int) -> float:
    """Completions a second, over one turn, of work that does so many of them at once."""
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < TURN_S:
        work()
        count += size
    return count / (time.perf_counter() - start)


def ways(name: str, problem: Problem, threads: Executor, processes: Executor) -> list[Callable[[], object]]:
    """Each grades a group, the last but one several groups of as many problems."""
    texts, problems = completions(name), [problem] * GROUP
    several = [(replace(problem, problem_id=str(number)), text) for number in range(GROUPS) for text in texts]
    return [
        lambda: [grade(problem, text) for text in texts],
        lambda: list(threads.map(grade, problems, texts)),
        lambda: list(processes.map(grade, problems, texts, chunksize=4)),
        lambda: grade_many(several),
        lambda: unbound(name, problem, texts),
    ]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    context = multiprocessing.get_context("spawn")
    with Sandbox() as sandbox, ThreadPoolExecutor(2 * CORES) as threads, ProcessPoolExecutor(CORES, context) as processes:
        print(f"{CORES} cores   one thread   threads processes    groups   unbound")
        for name in (*OWN, "real"):
            problem = proved(name, sandbox)
            rewards = [each.reward for each in grade_many((problem, text) for text in completions(name))]
            assert rewards == [1, 0] * (GROUP // 2), rewards
            timed = ways(name, problem, threads, processes)
            for way in timed:
                way()
            sizes = [GROUP, GROUP, GROUP, GROUP * GROUPS, GROUP]
            rates = [[rate(way, size) for way, size in zip(timed, sizes, strict=True)] for _ in range(rounds)]
            shown = [statistics.median(column) for column in zip(*rates, strict=True)]
            print(f"{name:10}" + "".join(f"{value:10,.0f}" for value in shown), flush=True)


if __name__ == "__main__":
    main()
