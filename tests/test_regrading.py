"""Published problems that another student attempts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone import drafts
from steppingstone.batches import Batch, BatchDone
from steppingstone.drafts import read_table, write_rows
from steppingstone.regrading import Attempted, attempt_batch
from steppingstone.settings import GenerationSettings, PriceSettings, Settings, StudentSettings
from steppingstone.spending import Allowance
from tests.drafts import problems
from tests.listening import Listening
from tests.model_server import Body, ModelServer, Said, choices, serving

PUBLISHED = [row for row in problems() if row["environment"] == "deduction"][:4]
"""Of chain 1: f(3) is 4, 5, 6 and 7."""
BOUNDLESS = Allowance()
FOUR = "```answer\n4\n```"
GRADED = ("pass_count", "graded_count", "attempt_count", "pass_rate", "pass_rate_low", "pass_rate_high", "tier", "straddles")


def settings_for(server: ModelServer, folder: Path, **student: object) -> Settings:
    asked = {"base_urls": (server.base_url,), "model": "m", "prices": PriceSettings(completion=1e6)} | student
    return Settings(
        data_root=str(folder),
        student=StudentSettings(**asked),  # type: ignore[arg-type]
        generation=GenerationSettings(attempts=4),
    )


def attempt(
    folder: Path, settings: Settings, allowance: Allowance = BOUNDLESS, requests: int = 4
) -> tuple[BatchDone, list[Attempted]]:
    write_rows(folder / "chosen", "problems", PUBLISHED)
    listening = Listening()
    batch = Batch("00000", range(len(PUBLISHED)), allowance)
    done = attempt_batch(batch, settings, folder / "chosen", str(folder / "batch"), requests, listening)
    return done, listening.events


def run(folder: Path, answer: Callable[[Body], Said | Body]) -> tuple[dict[str, dict[str, object]], list[Attempted]]:
    """The rows of the problems that were graded, by statement's answer, and what was reported."""
    with serving(answer) as server:
        done, events = attempt(folder, settings_for(server, folder))
    assert not done.failure
    return {row["outputs"][0]: row for row in read_table(done.folder, "problems").to_pylist()}, events


def test_p_and_tier_are_those_of_the_new_attempts(tmp_path: Path) -> None:
    graded, _ = run(tmp_path, lambda body: choices(FOUR, FOUR, FOUR, "no"))
    assert [graded["4"][name] for name in ("pass_count", "graded_count", "pass_rate", "tier")] == [3, 4, 0.75, "easy"]
    assert [graded["5"][name] for name in ("pass_count", "graded_count", "pass_rate", "tier")] == [0, 4, 0.0, "unsolved"]


def test_the_student_and_its_tokens_are_new_and_all_else_is_as_it_was(tmp_path: Path) -> None:
    graded, _ = run(tmp_path, lambda body: choices(*[FOUR] * 4))
    told = graded["4"]
    assert (told["student_model"], told["student_completion_tokens"]) == ("m", 4 * len(FOUR))
    assert told["student_dollars"] == pytest.approx(4 * len(FOUR))
    same = [name for name in PUBLISHED[0] if not name.startswith("student_") and name not in GRADED]
    assert {name: told[name] for name in same} == {name: PUBLISHED[0][name] for name in same}


def test_the_attempts_bear_the_problems_chain_and_round(tmp_path: Path) -> None:
    with serving(lambda body: choices(FOUR, "no", "no", "no")) as server:
        done, _ = attempt(tmp_path, settings_for(server, tmp_path))
    rows = [row for row in read_table(done.folder, "attempts").to_pylist() if row["problem_id"] == PUBLISHED[1]["problem_id"]]
    assert [(row["chain_id"], row["round"], row["attempt"]) for row in rows] == [("chain-1", 2, n) for n in range(4)]


def test_each_problem_is_reported_with_its_tier(tmp_path: Path) -> None:
    _, events = run(tmp_path, lambda body: choices(*[FOUR] * 4))
    assert sorted(events, key=lambda event: event.number) == [
        Attempted(0, "deduction", "trivial"),
        *(Attempted(number, "deduction", "unsolved") for number in (1, 2, 3)),
    ]


def test_a_problem_whose_prompt_the_student_cannot_take_keeps_its_p(tmp_path: Path) -> None:
    def answer(body: Body) -> Said | Body:
        refused = "* 1 + 2" in body["messages"][0]["content"]
        return Said({"error": {"message": "longer than the context"}}, 400) if refused else choices(*[FOUR] * 4)

    graded, events = run(tmp_path, answer)
    assert set(graded) == {"4", "6", "7"}
    (fault,) = [event for event in events if event.fault]
    assert (fault.number, fault.tier) == (1, "")
    assert "longer than the context" in fault.fault


def test_a_fault_of_our_own_costs_one_problem_its_new_p_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade = "steppingstone.environments.deduction._grade"
    monkeypatch.setattr(grade, lambda text, outcome, expected: 1 / 0)
    graded, events = run(tmp_path, lambda body: choices(*[FOUR] * 4))
    assert not graded
    assert {event.fault for event in events} == {"ZeroDivisionError: division by zero"}


def test_what_a_cap_cut_short_goes_on_from_the_journal(tmp_path: Path) -> None:
    with serving(lambda body: choices(*[FOUR] * 4)) as server:
        settings = settings_for(server, tmp_path)
        first, events = attempt(tmp_path, settings, Allowance(tokens=1), requests=1)
        asked = len(server.requests)
        again, _ = attempt(tmp_path, settings)
    assert first.capped
    assert drafts.count_rows(first.folder, "problems") == len(events) == asked < len(PUBLISHED)
    assert not again.capped
    assert (again.asked, again.reused) == (4 * (len(PUBLISHED) - asked), 4 * asked)


def test_another_revision_of_the_student_is_asked_anew(tmp_path: Path) -> None:
    with serving(lambda body: choices(*[FOUR] * 4)) as server:
        attempt(tmp_path, settings_for(server, tmp_path))
        same, _ = attempt(tmp_path, settings_for(server, tmp_path))
        other, _ = attempt(tmp_path, settings_for(server, tmp_path, revision="step-400"))
    assert (same.asked, other.asked) == (0, 16)


def test_a_server_that_is_gone_fails_the_batch_and_grades_nothing(tmp_path: Path) -> None:
    settings = settings_for(ModelServer("http://127.0.0.1:9/v1", []), tmp_path, patience_s=0)
    done, events = attempt(tmp_path, settings)
    assert "http://127.0.0.1:9/v1" in done.failure
    assert not events
    assert not Path(done.folder).exists()
