import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from steppingstone.errors import BadInput
from steppingstone.seeds import CorpusSource, SeedDraw, draw_seeds
from steppingstone.seeds.draw import _shuffled

Write = Callable[[str, list[dict[str, Any]]], str]
MakeRows = Callable[[int], list[dict[str, Any]]]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def draw(write: Write, corpus_rows: MakeRows) -> Callable[[int, int], SeedDraw]:
    source = CorpusSource((write("a.parquet", corpus_rows(40)),))
    return lambda count, random_seed: draw_seeds([source], count, random_seed)


def test_same_random_seed_gives_the_same_seeds(draw: Callable[[int, int], SeedDraw]) -> None:
    assert draw(9, 5) == draw(9, 5)


def test_another_random_seed_gives_other_seeds(draw: Callable[[int, int], SeedDraw]) -> None:
    assert draw(9, 5).seeds != draw(9, 6).seeds


def test_larger_draw_begins_with_the_smaller_one(draw: Callable[[int, int], SeedDraw]) -> None:
    assert draw(30, 5).seeds[:9] == draw(9, 5).seeds


def test_fewer_seeds_than_asked_for_are_returned_as_they_are(draw: Callable[[int, int], SeedDraw]) -> None:
    assert len(draw(1000, 0).seeds) == 40


def test_scanned_is_seeds_and_passed_over(write: Write, corpus_rows: MakeRows) -> None:
    rows = corpus_rows(60)
    for row in rows[::2]:
        row["content"] = "x = 1"
    result = draw_seeds([CorpusSource((write("a.jsonl", rows),))], 20, 0)
    assert result.scanned == 20 + result.passed_over["too_short"]


def test_seeds_do_not_depend_on_the_process_or_its_hash_seed(write: Write, corpus_rows: MakeRows) -> None:
    path = write("a.jsonl", corpus_rows(30))
    program = (
        f"from steppingstone.seeds import *;print([s.seed_id for s in draw_seeds([CorpusSource(({path!r},))], 5, 0).seeds])"
    )
    said = {
        subprocess.check_output([sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, text=True, cwd=ROOT)
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_sources_share_evenly(write: Write, corpus_rows: MakeRows) -> None:
    rows = corpus_rows(40)
    sources = [CorpusSource((write(f"{n}.jsonl", rows[20 * n : 20 * n + 20]),), license=str(n)) for n in range(2)]
    shares = Counter(seed.license for seed in draw_seeds(sources, 11, 0).seeds)
    assert shares == {"0": 6, "1": 5}


def test_rich_source_fills_what_a_poor_one_lacks(write: Write, corpus_rows: MakeRows) -> None:
    rows = corpus_rows(22)
    sources = [CorpusSource((write("a.jsonl", rows[:2]),)), CorpusSource((write("b.jsonl", rows[2:]),))]
    assert len(draw_seeds(sources, 15, 0).seeds) == 15


def test_no_seed_at_all_is_bad_input_with_counts(write: Write) -> None:
    path = write("a.jsonl", [{"content": "x = 1"}, {"content": None}])
    with pytest.raises(BadInput, match=r"no seed in 2 documents .*empty 1.*too_short 1"):
        draw_seeds([CorpusSource((path,))], 5, 0)


def test_shuffle_yields_every_number_once() -> None:
    assert sorted(_shuffled(500, Random(1))) == list(range(500))


def test_shuffle_favours_no_place() -> None:
    firsts = Counter(next(_shuffled(4, Random(seed))) for seed in range(4000))
    assert all(800 < firsts[number] < 1200 for number in range(4))
