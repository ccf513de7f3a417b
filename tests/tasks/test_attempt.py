"""What a person is told of a regrade and of a reverification, while they go on and at their ends."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from steppingstone.batches import BatchDone
from steppingstone.dispatch import Sweep
from steppingstone.drafts import read_table
from steppingstone.regrading import Attempted
from steppingstone.rescoring import Scored
from steppingstone.settings import CapSettings, RegradeSettings, Settings
from steppingstone.spending import Spent
from steppingstone.versions import publish
from tasks.attempt import Regrade
from tasks.choose import choose_attempts, choose_problems, chosen, chosen_by_environment
from tasks.score import Reverify
from tests.drafts import attempts, make_draft, problems

COUNTS = {"fuzzing": 4, "induction": 6}


def regrade(caps: CapSettings = CapSettings()) -> Regrade:  # noqa: B008 - frozen
    return Regrade(Sweep(10, 10, 10, caps, at_once=1), Settings(caps=caps), COUNTS)


def reported(progress: Regrade, *events: Attempted) -> Regrade:
    for event in events:
        progress.add(asdict(event))
    return progress


def test_problems_stand_under_their_new_tiers() -> None:
    told = reported(
        regrade(),
        Attempted(0, "fuzzing", "easy"),
        Attempted(1, "fuzzing", "ungraded", "refused"),
        Attempted(2, "induction", "unsolved"),
    )
    fuzzing, induction = told.rows()
    assert (fuzzing["attempted"], fuzzing["easy"], induction["attempted"], induction["unsolved"]) == ("2 of 4", 1, "1 of 6", 1)
    assert told.share() == 0.3


def test_a_problem_that_is_reported_twice_counts_once_and_as_it_was_last() -> None:
    told = reported(regrade(), Attempted(0, "fuzzing", "easy"), Attempted(0, "fuzzing", "hard"))
    row = told.rows()[0]
    assert (row["attempted"], row["easy"], row["hard"]) == ("1 of 4", 0, 1)


def test_in_the_end_it_says_what_keeps_its_p_and_why() -> None:
    told = regrade(CapSettings(tokens=100))
    batch = told.plan.next_batch()
    assert batch
    reported(told, *(Attempted(n, "fuzzing", "easy") for n in range(3)), Attempted(3, "fuzzing", "", "the prompt is too long"))
    told.plan.over(batch, BatchDone("", 4, 0, Spent(prompt=100), capped=True))
    assert told.outcome(3) == (
        "3 of 10 problems have new attempts; 6 were not attempted, as the cap of tokens was reached, and keep their p; "
        "1 could not be graded, and keep their p (one of them: the prompt is too long)"
    )
    assert told.figures()["problems"] == "4 done, 0 running, 6 waiting at most"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    publish(tmp_path, make_draft(tmp_path / "draft"), "a", {})
    with disable_run_logger():
        yield tmp_path


def test_of_the_published_problems_a_sample_that_is_always_the_same_is_chosen(root: Path) -> None:
    few, all_ = (Settings(data_root=str(root), regrade=RegradeSettings(problems=count)) for count in (7, None))
    names = [choose_problems.fn(settings) for settings in (few, few, all_)]
    first, again, every = (
        [row["problem_id"] for row in read_table(chosen(Path(name).parent), "problems").to_pylist()] for name in names
    )
    assert first == again == every[:7]
    assert sorted(every) == sorted(str(row["problem_id"]) for row in problems())


def test_of_the_environments_that_are_named_alone(root: Path) -> None:
    asked = RegradeSettings(environments=("fuzzing",))
    settings = Settings(data_root=str(root), regrade=asked)
    run = Path(choose_problems.fn(settings)).parent
    assert {row["environment"] for row in read_table(chosen(run), "problems").to_pylist()} == {"fuzzing"}
    run = Path(choose_attempts.fn(settings)).parent
    assert chosen_by_environment(run, "attempts", asked) == {"fuzzing": 8 * 8}


def test_a_reverification_tells_rewards_verdicts_and_what_could_not_be_scored(root: Path) -> None:
    settings = Settings(data_root=str(root))
    run = Path(choose_attempts.fn(settings)).parent
    told = Reverify(Sweep(320, 320, 320, CapSettings(), at_once=1), settings, run)
    for event in (
        Scored(0, "fuzzing", 8, rewards=1, verdicts=2),
        Scored(0, "fuzzing", 8, rewards=1, verdicts=3),
        Scored(8, "induction", 32, rewards=0, verdicts=0, fault="ZeroDivisionError"),
    ):
        told.add(asdict(event))
    assert told.share() == 40 / len(attempts(problems()))
    row = {row["environment"]: row for row in told.rows()}["fuzzing"]
    assert (row["scored"], row["other reward"], row["other verdict"], row["not scored"]) == ("8 of 64", 1, 3, 0)
    assert told.outcome() == (
        "40 attempts were scored again: 1 have another reward, and 2 more another verdict of the same reward; "
        "32 of them could not be scored, and stay as they are (one of them: ZeroDivisionError)"
    )
