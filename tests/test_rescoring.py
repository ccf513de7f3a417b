"""Stored attempts that the present graders score again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steppingstone.attempting import NEVER_CAME
from steppingstone.batches import Batch, BatchDone
from steppingstone.drafts import read_table, write_rows
from steppingstone.errors import SandboxUnavailable
from steppingstone.records import Attempt, Grade, Verdict
from steppingstone.rescoring import Scored, score_batch
from steppingstone.rows import attempt_row, completion_of, problem_of
from steppingstone.settings import RegradeSettings, Settings
from steppingstone.spending import Allowance
from tests.drafts import Row, attempts, problems
from tests.listening import Listening

PROBLEMS = [row for row in problems() if row["environment"] == "deduction"][:2]
"""Of chain 1: f(3) is 4 and 5."""
STORED = {
    "right": {"completion": "```answer\n4\n```", "verdict": "solved", "reward": 1},
    "falsely solved": {"completion": "```answer\n9\n```", "verdict": "solved", "reward": 1},
    "falsely wrong": {"completion": "```answer\n4\n```", "verdict": "wrong", "reward": 0},
    "never came": {"completion": "", "finish_reason": "error", "verdict": "ungraded", "reward": None}
    | dict.fromkeys(("prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens"), 0),
    "the sandbox failed": {"completion": "```answer\n4\n```", "verdict": "ungraded", "reward": None},
    "cut": {"completion": "so", "finish_reason": "length", "verdict": "no_answer", "reward": 0},
}


def score(folder: Path, rows: list[Row], settings: Settings | None = None) -> tuple[dict[int, Row], list[Scored], BatchDone]:
    """The rows that changed, by attempt, and what was reported."""
    write_rows(folder / "chosen", "problems", PROBLEMS)
    write_rows(folder / "chosen", "attempts", rows)
    listening = Listening()
    settings = settings or Settings(data_root=str(folder))
    batch = Batch("00000", range(len(rows)), Allowance())
    done = score_batch(batch, settings, folder / "chosen", str(folder / "batch"), listening)
    changed = {} if done.failure else {row["attempt"]: row for row in read_table(done.folder, "attempts").to_pylist()}
    return changed, listening.events, done


def stored(*names: str) -> list[Row]:
    made = attempts(PROBLEMS[:1])
    return [made[number] | STORED[name] for number, name in enumerate(names)]


def test_attempts_that_were_graded_alike_leave_nothing(tmp_path: Path) -> None:
    changed, events, done = score(tmp_path, stored("right", "never came", "right"))
    assert not changed
    assert events == [Scored(0, "deduction", 3, 0, 0)]
    assert (done.asked, done.reused, done.spent.tokens) == (0, 0, 0)
    assert not (tmp_path / "journal").exists()


def test_each_changed_verdict_is_written_with_its_reward(tmp_path: Path) -> None:
    changed, events, _ = score(tmp_path, stored("right", "falsely solved", "falsely wrong", "cut"))
    told = {number: (row["verdict"], row["reward"]) for number, row in changed.items()}
    assert told == {1: ("wrong", 0), 2: ("solved", 1), 3: ("cut", 0)}
    assert changed[1]["answer"] == "9"
    assert events == [Scored(0, "deduction", 4, rewards=2, verdicts=3)]


def test_what_the_sandbox_failed_to_grade_is_graded_now_and_what_never_came_stays_ungraded(tmp_path: Path) -> None:
    changed, _, _ = score(tmp_path, stored("the sandbox failed", "never came"))
    assert {number: row["reward"] for number, row in changed.items()} == {0: 1}


def test_what_is_stored_of_a_completion_that_never_came_is_known_as_such() -> None:
    never = Attempt(0, NEVER_CAME, Grade(Verdict.UNGRADED))
    assert completion_of(attempt_row(problem_of(PROBLEMS[0]), "chain", 1, never)) == NEVER_CAME


def test_attempts_at_several_problems_are_graded_by_their_own(tmp_path: Path) -> None:
    rows = [row | STORED["right"] for row in (attempts(PROBLEMS)[0], attempts(PROBLEMS)[8])]
    changed, events, _ = score(tmp_path, rows)
    assert [row["problem_id"] for row in changed.values()] == [PROBLEMS[1]["problem_id"]]
    assert sorted(event.number for event in events) == [0, 1]


def test_other_environments_than_those_asked_for_are_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_root=str(tmp_path), regrade=RegradeSettings(environments=("fuzzing",)))
    changed, events, _ = score(tmp_path, stored("falsely solved"), settings)
    assert (changed, events) == ({}, [])


def test_a_verdict_that_changes_but_once_is_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts: Iterator[Verdict] = iter([Verdict.TIMEOUT, Verdict.WRONG, Verdict.TIMEOUT, Verdict.WRONG])
    grade = "steppingstone.environments.deduction._grade"
    monkeypatch.setattr(grade, lambda text, outcome, expected: Grade(next(verdicts)))
    changed, _, _ = score(tmp_path, stored("right", "right"))
    assert {number: row["verdict"] for number, row in changed.items()} == {0: "timeout", 1: "wrong"}
    verdicts = iter([Verdict.TIMEOUT, Verdict.WRONG, Verdict.SOLVED, Verdict.WRONG])
    changed, _, _ = score(tmp_path, stored("right", "right"))
    assert {number: row["verdict"] for number, row in changed.items()} == {1: "wrong"}


def test_a_fault_of_our_own_changes_nothing_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steppingstone.environments.deduction._grade", lambda text, outcome, expected: 1 / 0)
    changed, events, _ = score(tmp_path, stored("falsely solved"))
    assert not changed
    assert [event.fault for event in events] == ["ZeroDivisionError: division by zero"]


def test_a_sandbox_that_fails_fails_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steppingstone.sandbox.pool.Sandbox.parse", _unavailable)
    _, events, done = score(tmp_path, stored("right"))
    assert (done.failure, events) == ("no sandbox here", [])


def _unavailable(*_: object) -> None:
    raise SandboxUnavailable("no sandbox here")
