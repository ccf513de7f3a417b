"""A batch of posed problems that a model answers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone.batches import Batch, BatchDone
from steppingstone.drafts import read_table
from steppingstone.evaluation.answering import Answered, answer_batch, as_evaluated
from steppingstone.evaluation.posing import write_posed
from steppingstone.settings import Settings
from steppingstone.spending import Allowance
from tests.evaluation.small import KNOWN, answering, write_files
from tests.listening import Listening
from tests.model_server import Body, ModelServer, Said, serving

CODE = ("livecodebench", "humaneval", "mbpp")
FOUR_OF_TEN = answering(KNOWN, lambda known: 4)


def settings_for(server: ModelServer, folder: Path, **asked: object) -> Settings:
    files = write_files(folder)
    named: dict[str, object] = {name: [files[name]] for name in CODE}
    student = {"base_urls": [server.base_url], "model": "m"}
    return as_evaluated(
        Settings.model_validate({"data_root": str(folder / "data"), "student": student, "evaluate": named | asked})
    )


def evaluate(settings: Settings, folder: Path, allowance: Allowance | None = None) -> tuple[BatchDone, list[Answered]]:
    listening, posed = Listening(), folder / "chosen"
    count = sum(write_posed(posed, settings).values())
    batch = Batch("00000", range(count), allowance or Allowance())
    return answer_batch(batch, settings, posed, str(folder / "batch"), "run", 4, listening), listening.events


def test_each_problem_is_reported_and_has_a_row(tmp_path: Path) -> None:
    with serving(FOUR_OF_TEN) as server:
        done, events = evaluate(settings_for(server, tmp_path, step=200), tmp_path)
    assert sorted((each.number, each.benchmark, each.graded, each.solved) for each in events) == [
        *((number, "livecodebench", 10, 4) for number in range(3)),
        (3, "humaneval", 10, 4),
        (4, "mbpp", 10, 4),
    ]
    rows = read_table(done.folder, "evaluated").to_pylist()
    assert {(row["label"], row["step"], row["run_id"], row["graded"], row["solved"]) for row in rows} == {
        ("m", 200, "run", 10, 4)
    }


def again(tmp_path: Path, answer: Callable[[Body], Said | Body] = FOUR_OF_TEN, **asked: object) -> int:
    """How many requests the same, or nearly the same, command costs once it was given."""
    with serving(answer) as server:
        evaluate(settings_for(server, tmp_path), tmp_path)
        before = len(server.requests)
        done, _ = evaluate(settings_for(server, tmp_path, **asked), tmp_path)
        assert not done.failure
        return len(server.requests) - before


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    assert again(tmp_path) == 0


def test_a_benchmark_that_is_added_costs_no_more_than_itself(tmp_path: Path) -> None:
    assert again(tmp_path, benchmarks=["mbpp"]) == 0


@pytest.mark.parametrize("asked", [{"step": 300}, {"label": "another"}, {"temperature": 0.8}])
def test_other_weights_or_another_sampling_are_asked_anew(tmp_path: Path, asked: dict[str, object]) -> None:
    assert again(tmp_path, **asked) == 5


def test_more_samples_are_asked_for_as_far_as_they_are_missing(tmp_path: Path) -> None:
    with serving(FOUR_OF_TEN) as server:
        for samples in (10, 12):
            evaluate(settings_for(server, tmp_path, samples=samples), tmp_path)
        assert {body["n"] for body in server.requests} == {10, 2}


def test_a_problem_whose_prompt_is_refused_has_no_samples_and_says_why(tmp_path: Path) -> None:
    def answer(body: Body) -> Said | Body:
        refused = "add three" in body["messages"][-1]["content"]
        return Said({"error": {"message": "too long for me"}}, 400) if refused else FOUR_OF_TEN(body)

    with serving(answer) as server:
        done, events = evaluate(settings_for(server, tmp_path), tmp_path)
    (refused,) = [each for each in events if each.fault]
    assert (refused.benchmark, refused.graded) == ("mbpp", 0)
    assert "too long for me" in refused.fault
    rows = {row["benchmark"]: row for row in read_table(done.folder, "evaluated").to_pylist()}
    assert (rows["mbpp"]["samples"], rows["mbpp"]["graded"], rows["mbpp"]["verdicts"]) == (0, 0, [])


def test_an_allowance_that_is_spent_leaves_the_rest_unanswered(tmp_path: Path) -> None:
    with serving(FOUR_OF_TEN) as server:
        done, events = evaluate(settings_for(server, tmp_path), tmp_path, Allowance(tokens=1))
    assert done.capped
    assert len(events) < 5


def test_a_servers_failure_is_no_wrong_answer(tmp_path: Path) -> None:
    with serving(lambda body: Said({"error": {"message": "out of order"}}, 500)) as server:
        settings = settings_for(server, tmp_path)
        hasty = settings.model_copy(update={"student": settings.student.model_copy(update={"patience_s": 0.0})})
        done, events = evaluate(hasty, tmp_path)
    assert "out of order" in done.failure
    assert not events
