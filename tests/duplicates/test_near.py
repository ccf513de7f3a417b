"""The index of sketches finds what is alike, and how much."""

import numpy as np
import pytest
from numpy.typing import NDArray

from steppingstone.duplicates import near
from steppingstone.duplicates.near import NearIndex, sketch


def features(*numbers: int) -> NDArray[np.uint32]:
    """A thousand made-up features for each number; those of the same number are the same."""
    return np.concatenate([np.random.default_rng(number).integers(0, 2**32, 1000, dtype=np.uint32) for number in numbers])


def mixed(share: float, one: int, other: int) -> NDArray[np.uint32]:
    """Features that are alike to those of `one` by about this share."""
    same = round(2000 * share / (1 + share))
    return np.concatenate([features(one)[:same], features(other)[same:]])


def pairs(share: float, count: int) -> list[tuple[NDArray[np.uint32], NDArray[np.uint32]]]:
    return [(sketch(features(number)), sketch(mixed(share, number, number + count))) for number in range(count)]


def test_the_similarity_is_that_of_the_features() -> None:
    measured = [np.mean(one == other) for one, other in pairs(0.9, 50)]
    assert abs(float(np.mean(measured)) - 0.9) < 0.01
    assert float(np.std(measured)) < 0.03


def test_more_features_than_are_taken_at_once_are_all_taken() -> None:
    one, other = features(*range(9)), features(*range(1, 10))
    assert abs(float(np.mean(sketch(one) == sketch(other))) - 0.8) < 0.08


@pytest.mark.parametrize("least", [0.5, 0.7, 0.85, 0.95])
def test_what_is_alike_by_a_little_more_than_asked_is_found(least: float) -> None:
    index, found = NearIndex(least), 0
    for one, other in pairs(least + (1 - least) / 2, 100):
        index.add(one)
        found += index.nearest(other) is not None
    assert found >= 90


def test_what_is_less_alike_is_not_found() -> None:
    index = NearIndex(0.85)
    for one, other in pairs(0.7, 100):
        index.add(one)
        assert index.nearest(other) is None


def test_the_text_that_is_most_alike_is_named_and_the_first_of_several() -> None:
    index = NearIndex(0.8)
    for share in (0.85, 0.95, 0.95, 0.9):
        index.add(sketch(mixed(share, 1, 2)))
    number, similarity = index.nearest(sketch(mixed(0.95, 1, 2))) or (None, 0)
    assert (number, similarity) == (1, 1.0)


def test_texts_are_found_after_they_were_sorted_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "TAIL", 8)
    index = NearIndex(0.9)
    assert [index.add(sketch(features(number))) for number in range(21)] == list(range(21))
    assert [index.nearest(sketch(features(number))) for number in range(22)] == [*((n, 1.0) for n in range(21)), None]


def test_an_empty_index_finds_nothing() -> None:
    assert NearIndex(0.9).nearest(sketch(features(1))) is None
