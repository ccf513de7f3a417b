"""Problems of a band of pass rates, and their control."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from steppingstone import load_problems
from steppingstone.curricula import write_curricula
from steppingstone.errors import BadInput
from steppingstone.exports import band
from steppingstone.exports.__main__ import main
from steppingstone.published import PublishedProblem, write_problems
from steppingstone.settings import CurriculumSettings
from steppingstone.tiers import write_tiers
from tests.drafts import make_draft
from tests.drafts import problems as rows
from tests.exports.problems import DEDUCTION, INDUCTION

RATES = [number / 10 for number in range(11)] + [None]
OUTSIDE = {"curriculum_rank": None, "stage": None, "sampling_weight": None}
PROBLEMS = [
    replace(problem, problem_id=f"{problem.environment}-{rate}", pass_rate=rate, **OUTSIDE)
    for problem in (DEDUCTION, INDUCTION)
    for rate in RATES
]
TIERS = {0.75: "easy", 0.5: "medium", 0.25: "hard"}


def ids(path: Path) -> list[str]:
    return [problem.problem_id for problem in load_problems(path)]


def test_a_band_has_the_problems_of_its_pass_rates_both_ends_included(tmp_path: Path) -> None:
    found = load_problems(band.write(PROBLEMS, 0.2, 0.8, tmp_path, 0).filtered)
    assert Counter(problem.pass_rate for problem in found) == Counter({number / 10: 2 for number in range(2, 9)})


def test_its_control_has_as_many_of_each_environment_from_all_problems(tmp_path: Path) -> None:
    told = band.write(PROBLEMS, 0.0, 0.2, tmp_path, 0)
    control = load_problems(told.control)
    assert Counter(problem.environment for problem in control) == {"deduction": 3, "induction": 3}
    assert (told.rows, told.total, told.unmeasured) == (6, 24, 2)
    assert told.shared == len(set(ids(told.filtered)) & set(ids(told.control))) < 6


def test_a_seed_draws_the_same_again_and_another_draws_others(tmp_path: Path) -> None:
    once, again, other = (band.write(PROBLEMS, 0.2, 0.5, tmp_path / str(n), seed) for n, seed in enumerate((0, 0, 1)))
    assert (ids(once.filtered), ids(once.control)) == (ids(again.filtered), ids(again.control))
    assert ids(once.filtered) != ids(other.filtered)
    assert set(ids(once.control)) != set(ids(other.control))


def test_what_is_written_is_graded_under_the_same_limits_and_has_its_place(tmp_path: Path) -> None:
    problem = replace(DEDUCTION, limits=replace(DEDUCTION.limits, output_bytes=77))
    assert load_problems(write_problems(tmp_path / "one.parquet", [problem])) == [problem]
    found = load_problems(band.write(PROBLEMS, 0, 1, tmp_path, 0).control)
    assert [(each.curriculum_rank, each.stage, each.sampling_weight) for each in found] == [(n, 0, 1.0) for n in range(22)]


def test_a_curriculum_keeps_its_order_in_the_band_and_not_in_the_control(tmp_path: Path) -> None:
    ordered = [replace(each, curriculum_rank=n, stage=n // 6, sampling_weight=2.0) for n, each in enumerate(PROBLEMS)]
    told = band.write(ordered, 0.2, 0.8, tmp_path, 0)
    kept = [each for each in ordered if each.pass_rate in RATES[2:9]]
    assert ids(told.filtered) == [each.problem_id for each in kept]
    assert [each.stage for each in load_problems(told.filtered)] == [each.stage for each in kept]
    assert {(each.stage, each.sampling_weight) for each in load_problems(told.control)} == {(0, 2.0)}


def test_band_and_control_are_what_a_curriculum_of_one_tier_and_its_control_are(tmp_path: Path) -> None:
    """Both draw by the same rule; this one needs no DuckDB."""
    made = [
        rows()[0]
        | {"problem_id": f"{name}-{n}-{rate}", "environment": name, "pass_rate": rate, "tier": tier, "chain_id": f"{n}"}
        for name, count in (("deduction", 9), ("abduction", 4))
        for n in range(count)
        for rate, tier in TIERS.items()
    ]
    write_tiers(make_draft(tmp_path / "draft", problems=made, attempts=[], rejections=[]), {})
    write_curricula(tmp_path / "draft", {"medium": CurriculumSettings(kind="medium-only", control=True)}, 7)
    told = band.write(load_problems(tmp_path / "draft" / "problems.parquet"), 0.3, 0.6, tmp_path / "band", 7)
    assert ids(told.filtered) == ids(tmp_path / "draft" / "curricula" / "medium.parquet")
    assert ids(told.control) == ids(tmp_path / "draft" / "curricula" / "medium_control.parquet")


def test_the_command_says_what_it_wrote_for_the_next_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_problems(tmp_path / "all.parquet", ranked())
    assert main(["filter", str(source), "--pass-rate", "0.2", "0.8", "--out", str(tmp_path / "band")]) == 0
    assert "filtered.parquet: 14 of 24 problems; 2 of all have no pass rate" in capsys.readouterr().out
    assert main(["trl", str(tmp_path / "band" / "control.parquet"), "--out", str(tmp_path / "trl")]) == 0


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [("0.8", "0.2", "the lower one comes first"), ("0", "1.2", "from 0 to 1"), ("0.41", "0.49", "theirs are from 0 to 1")],
)
def test_a_band_that_is_none_or_empty_is_refused(
    low: str, high: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_problems(tmp_path / "all.parquet", ranked())
    assert main(["filter", str(source), "--pass-rate", low, high, "--out", str(tmp_path / "band")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "band").exists()


def ranked() -> list[PublishedProblem]:
    return [replace(each, curriculum_rank=n, stage=0, sampling_weight=1.0) for n, each in enumerate(PROBLEMS)]


def test_problems_that_nobody_graded_have_no_band() -> None:
    with pytest.raises(BadInput, match="none has one at all"):
        band.write([INDUCTION], 0.2, 0.8, Path("unused"), 0)
