"""What is told of a step of training."""

from pathlib import Path

import pytest

from steppingstone.training.measures import ALL, Measures, Sample, append, cut, last_step, measured, read


def group(*rewards: float | None, environment: str = "deduction", tier: str = "easy") -> list[Sample]:
    """Completions of one problem, each of two tokens with an entropy of 1.5 nats together."""
    return [Sample(environment, tier, reward, 1.5, 2) for reward in rewards]


def rows(*samples: Sample, size: int = 2) -> dict[tuple[str, str], Measures]:
    return {(row.environment, row.tier): row for row in measured(7, samples, size)}


def steps(path: Path, *numbers: int) -> Path:
    for number in numbers:
        append(path, measured(number, group(0.0, 1.0), 2))
    return path


def test_rewards_are_told_apart_by_environment_and_tier() -> None:
    found = rows(*group(1.0, 1.0), *group(1.0, 0.0, tier="hard"), *group(0.0, 0.0, environment="fuzzing"))
    assert {cell: row.reward for cell, row in found.items()} == {
        (ALL, ALL): 0.5,
        ("deduction", "easy"): 1.0,
        ("deduction", "hard"): 0.5,
        ("fuzzing", "easy"): 0.0,
    }
    assert next(iter(found)) == (ALL, ALL)


def test_a_group_whose_rewards_are_all_equal_gives_no_signal() -> None:
    assert rows(*group(0.0, 0.0), *group(1.0, 1.0), *group(0.0, 1.0), *group(1.0, 0.0))[ALL, ALL].without_signal == 0.5


def test_two_groups_of_one_problem_in_a_row_are_two() -> None:
    found = rows(*group(0.0, 0.0), *group(1.0, 1.0))["deduction", "easy"]
    assert (found.groups, found.without_signal) == (2, 1.0)


def test_what_was_not_graded_is_counted_and_is_no_reward() -> None:
    found = rows(*group(1.0, None), *group(None, None))[ALL, ALL]
    assert (found.completions, found.ungraded, found.reward, found.without_signal) == (4, 3, 1.0, 1.0)
    assert rows(*group(None, None))[ALL, ALL].reward is None


def test_entropy_is_the_mean_of_tokens_and_not_of_completions() -> None:
    long, short = Sample("deduction", "easy", 0.0, 9.0, 9), Sample("deduction", "easy", 0.0, 3.0, 1)
    assert rows(long, short)[ALL, ALL].entropy == pytest.approx(1.2)
    assert rows(long, short)[ALL, ALL].tokens == 5


def test_steps_after_a_checkpoint_are_cut_before_they_are_trained_again(tmp_path: Path) -> None:
    path = steps(tmp_path / "metrics.jsonl", 1, 2, 3)
    cut(path, 2)
    steps(path, 3)
    assert [row.step for row in read(path)] == [1, 1, 2, 2, 3, 3]


def test_half_a_row_of_a_killed_writer_is_left_out(tmp_path: Path) -> None:
    path = steps(tmp_path / "metrics.jsonl", 1)
    whole = path.read_text()
    path.write_text(whole + whole[:50])
    assert [row.step for row in read(path)] == [1, 1]
    cut(path, 1)
    assert path.read_text() == whole


def test_the_last_step_is_read_off_the_end_of_a_long_file(tmp_path: Path) -> None:
    assert last_step(tmp_path / "none.jsonl") == []
    path = steps(tmp_path / "metrics.jsonl", *range(1, 101))
    assert last_step(path) == measured(100, group(0.0, 1.0), 2)
