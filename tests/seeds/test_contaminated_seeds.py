"""Lines that hold an evaluation problem become no seed: the draw goes on to others, and says what it left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steppingstone.errors import BadInput
from steppingstone.records import Hit
from steppingstone.seeds import CorpusSource, SeedDraw, draw_seeds

Write = Callable[[str, list[dict[str, Any]]], str]
HIT = Hit("HumanEval/901", "by hand")


def hit(text: str) -> Hit | None:
    """Documents 0 to 9 are contaminated."""
    return HIT if "def step_1_" not in text and any(f"def step_{number}_" in text for number in range(10)) else None


@pytest.fixture
def source(write: Write, corpus_rows: Callable[[int], list[dict[str, Any]]]) -> CorpusSource:
    return CorpusSource((write("a.parquet", corpus_rows(30)),))


def test_the_draw_passes_over_what_is_contaminated_and_keeps_the_order_of_the_others(source: CorpusSource) -> None:
    clean = [seed for seed in draw_seeds([source], 30, 0).seeds if hit(seed.text) is None]
    drawn = draw_seeds([source], 30, 0, hit=hit)
    assert drawn.seeds == tuple(clean)
    assert drawn.passed_over == {"contaminated": 9}
    assert drawn.scanned == 30


def test_others_take_the_place_of_the_contaminated(source: CorpusSource) -> None:
    assert len(draw_seeds([source], 15, 0, hit=hit).seeds) == 15


def test_what_was_left_is_told_with_the_problem_that_it_holds(source: CorpusSource) -> None:
    left = draw_seeds([source], 30, 0, hit=hit).contaminated
    assert len({each.seed.seed_id for each in left}) == 9
    assert {each.hit for each in left} == {HIT}
    assert all(each.seed.origin.startswith("someone/something:src/") for each in left)


def test_a_second_copy_of_what_is_contaminated_is_a_duplicate(
    write: Write, corpus_rows: Callable[[int], list[dict[str, Any]]]
) -> None:
    rows = corpus_rows(3)
    drawn: SeedDraw = draw_seeds([CorpusSource((write("b.parquet", [*rows, rows[0]]),))], 9, 0, hit=hit)
    assert drawn.passed_over == {"duplicate": 1, "contaminated": 2}


def test_only_contaminated_lines_give_no_seed(source: CorpusSource, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no seed in 30 documents \(contaminated 30\)"):
        draw_seeds([source], 3, 0, hit=lambda text: HIT)
