"""pass@k and its interval."""

from itertools import combinations

import pytest

from steppingstone.evaluation.estimates import metrics, pass_at_k


@pytest.mark.parametrize(("samples", "solved", "k"), [(10, 4, 1), (10, 4, 10), (7, 2, 3), (6, 0, 4), (5, 5, 5), (9, 1, 8)])
def test_it_is_the_share_of_all_draws_of_k_that_hold_a_solved_one(samples: int, solved: int, k: int) -> None:
    draws = list(combinations([True] * solved + [False] * (samples - solved), k))
    assert pass_at_k(samples, solved, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_its_mean_over_the_samples_is_the_chance_that_one_of_k_new_ones_is_solved() -> None:
    # Of a problem that each sample solves with p = 0.3, over all outcomes of 6 samples.
    outcomes = [tuple(bool(bits >> i & 1) for i in range(6)) for bits in range(64)]
    chances = [0.3 ** sum(each) * 0.7 ** (6 - sum(each)) for each in outcomes]
    mean = sum(chance * pass_at_k(6, sum(each), 3) for chance, each in zip(chances, outcomes, strict=True))
    assert mean == pytest.approx(1 - 0.7**3)


def test_a_thousand_samples_are_no_overflow() -> None:
    assert 0 < pass_at_k(1024, 1, 512) < 1


def row(solved: int, graded: int = 4, segments: tuple[str, ...] = ()) -> dict[str, object]:
    return {"solved": solved, "graded": graded, "segments": list(segments)}


def test_a_benchmark_is_measured_whole_and_by_segment() -> None:
    rows = [row(4, segments=("easy", "a")), row(2, segments=("easy",)), row(0, segments=("hard", "a"))]
    found = {(each["segment"], each["k"]): each["value"] for each in metrics(rows, [1, 4])}
    assert found == {
        ("all", 1): pytest.approx(0.5), ("all", 4): pytest.approx(2 / 3),
        ("a", 1): 0.5, ("a", 4): 0.5, ("easy", 1): 0.75, ("easy", 4): 1.0, ("hard", 1): 0.0, ("hard", 4): 0.0,
    }  # fmt: skip


def test_a_problem_with_fewer_graded_samples_than_k_is_left_out_and_counted_as_that() -> None:
    one, two = metrics([row(1, graded=2), row(1, graded=1)], [1, 2])
    assert (one["value"], one["problems"], one["left_out"]) == (0.75, 2, 0)
    assert (two["value"], two["problems"], two["left_out"], two["samples"]) == (1.0, 1, 1, 2)


def test_without_any_graded_sample_there_is_no_value() -> None:
    (told,) = metrics([row(0, graded=0)], [1])
    assert (told["value"], told["low"], told["problems"], told["left_out"]) == (None, None, 0, 1)


def test_the_interval_holds_the_value_and_shrinks_with_more_problems() -> None:
    few, many = (next(metrics([row(4), row(0)] * count, [1])) for count in (5, 500))
    (low, high), (low_of_many, high_of_many) = ((each["low"], each["high"]) for each in (few, many))
    assert low < low_of_many < 0.5 < high_of_many < high
