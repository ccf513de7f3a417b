"""Rewards for trainers: the same wherever they are asked for, and never a 0 for a fault of ours."""

import asyncio
import multiprocessing
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from steppingstone import Grader, PublishedProblem, agrade, grade, grade_many, load_problems
from steppingstone.drafts import read_table
from steppingstone.environments import Deduction
from steppingstone.errors import SandboxUnavailable
from steppingstone.records import Grade, Verdict
from steppingstone.sandbox import Sandbox
from tests.publishing import publish_one_of_each

Pair = tuple[PublishedProblem, str]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> list[tuple[Pair, tuple[int, str]]]:
    """Each attempt of a published version: problem and completion, reward and verdict."""
    version = publish_one_of_each(tmp_path_factory.mktemp("data"), sandbox)
    problems = {problem.problem_id: problem for problem in load_problems(version.folder)}
    rows: list[dict[str, Any]] = read_table(version.folder, "attempts").to_pylist()
    return [((problems[row["problem_id"]], row["completion"]), (row["reward"], row["verdict"])) for row in rows]


@pytest.fixture(scope="module")
def pairs(stored: list[tuple[Pair, tuple[int, str]]]) -> list[Pair]:
    return [pair for pair, _ in stored]


@pytest.fixture(scope="module")
def due(stored: list[tuple[Pair, tuple[int, str]]]) -> list[tuple[int, str]]:
    """What is stored of each: both rewards, in each environment."""
    assert {(pair[0].environment, reward) for pair, (reward, _) in stored} == {
        (name, reward) for name in ("induction", "abduction", "deduction", "fuzzing", "real") for reward in (0, 1)
    }
    return [told for _, told in stored]


def told(grades: Sequence[Grade]) -> list[tuple[int | None, str]]:
    return [(grade.reward, str(grade.verdict)) for grade in grades]


def test_what_is_graded_one_by_one_has_the_stored_rewards(pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    assert told([grade(*pair) for pair in pairs]) == due


def test_what_is_graded_all_at_once_has_the_stored_rewards(pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    assert told(grade_many(pairs)) == due
    assert told(grade_many([*pairs[::-1], pairs[0]])) == [*due[::-1], due[0]]
    assert grade_many([]) == []


def test_a_reward_says_why(pairs: list[Pair]) -> None:
    problem = next(problem for problem, _ in pairs if problem.environment == "induction")
    graded = grade(problem, "```python\ndef f(x):\n    return 1 / 0\n```")
    assert (graded.reward, graded.verdict) == (0, Verdict.EXCEPTION)
    assert "division by zero" in graded.detail


def test_many_threads_share_one_grader(pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    with ThreadPoolExecutor(16) as threads:
        assert told(list(threads.map(lambda pair: grade(*pair), pairs * 4))) == due * 4


def test_tasks_of_a_loop_are_graded_side_by_side(pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    async def all_of_them() -> list[Grade]:
        return await asyncio.gather(*(agrade(*pair) for pair in pairs))

    assert told(asyncio.run(all_of_them())) == due


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_each_worker_of_a_process_pool_grades_by_itself(pairs: list[Pair], due: list[tuple[int, str]], method: str) -> None:
    grade(*pairs[0])  # so that a forked worker has this process's grader to mistake for its own
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        assert told(list(pool.map(grade, *zip(*pairs, strict=True), timeout=120))) == due


def test_a_fork_amid_gradings_leaves_no_lock_behind(pairs: list[Pair], due: list[tuple[int, str]]) -> None:
    over = threading.Event()

    def busy() -> None:
        while not over.is_set():
            grade(*pairs[0])

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
            assert told([pool.submit(grade, *pairs[0]).result(timeout=120)]) == due[:1]
    finally:
        over.set()
        thread.join()


def test_a_sandbox_that_fails_is_an_exception_and_no_reward(pairs: list[Pair]) -> None:
    with Grader(1) as grader:
        assert grader.grade(*pairs[0]).reward == 1
    for again in (lambda: grader.grade(*pairs[0]), lambda: grader.grade_many(pairs)):
        with pytest.raises(SandboxUnavailable, match="closed"):
            again()


def test_an_environment_that_could_not_grade_is_an_exception_too(pairs: list[Pair], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Deduction, "grade", lambda *_: [Grade(Verdict.UNGRADED, detail="no judge")])
    problem = next(problem for problem, _ in pairs if problem.environment == "deduction")
    with pytest.raises(SandboxUnavailable, match=f"{problem.problem_id} could not be graded: no judge"):
        grade(problem, "so")
