"""What a round of the loop is given, and what is not done twice."""

from pathlib import Path

from prefect.logging import disable_run_logger

from steppingstone.settings import LoopSettings, Settings, TrainSettings
from tasks.prepare import training_folder
from tasks.rounds import LAST, in_round, once, rounds_left


def settings(root: Path) -> Settings:
    return Settings(data_root=str(root), random_seed=7, train=TrainSettings(model="a/b"), loop=LoopSettings(rounds=3))


def left(given: Settings) -> list[Settings]:
    with disable_run_logger():
        return list(rounds_left(given))


def ended(given: Settings, number: int) -> None:
    folder = training_folder(in_round(given, number))
    folder.mkdir(parents=True)
    (folder / LAST).write_text("")


def test_each_round_trains_what_the_one_before_it_left(tmp_path: Path) -> None:
    first, second, third = left(settings(tmp_path))
    assert first.train.model == "a/b"
    assert second.train.model == str(tmp_path / "training" / "policy-1" / "model")
    assert third.train.model == str(tmp_path / "training" / "policy-2" / "model")
    assert [each.train.run for each in (first, second, third)] == ["policy-1", "policy-2", "policy-3"]


def test_each_round_has_other_seeds(tmp_path: Path) -> None:
    assert [each.random_seed for each in left(settings(tmp_path))] == [8, 9, 10]


def test_rounds_that_are_done_are_not_done_again(tmp_path: Path) -> None:
    given = settings(tmp_path)
    ended(given, 1)
    assert [each.train.run for each in left(given)] == ["policy-2", "policy-3"]


def test_a_step_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    given, done = settings(tmp_path), []
    training_folder(given).mkdir(parents=True)

    def flow(_: Settings) -> str:
        done.append("once")
        return "v=00002"

    assert [once("regraded", flow, given), once("regraded", flow, given)] == ["v=00002", "v=00002"]
    assert done == ["once"]
