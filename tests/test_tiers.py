"""The tier tables: every problem of a tier, or as many as were asked for."""

from pathlib import Path

from steppingstone import drafts
from steppingstone.settings import TargetSettings
from steppingstone.tiers import write_tiers
from tests.drafts import Row, make_draft, problems


def written(draft: Path, tier: str) -> list[Row]:
    return drafts.read_table(draft, tier).to_pylist()


def of(environment: str, *tiers: str) -> list[Row]:
    return [row for row in problems() if row["environment"] == environment and row["tier"] in tiers]


def test_without_targets_a_tier_holds_all_its_problems(tmp_path: Path) -> None:
    counts = write_tiers(make_draft(tmp_path), {})
    assert counts == {tier: sum(row["tier"] == tier for row in problems()) for tier in counts}
    assert sum(counts.values()) == 30


def test_a_tier_holds_no_more_than_its_target_and_those_of_the_chains_drawn_first(tmp_path: Path) -> None:
    write_tiers(make_draft(tmp_path), {"abduction": TargetSettings(medium=2)})
    kept = [row["problem_id"] for row in written(tmp_path, "medium") if row["environment"] == "abduction"]
    assert kept == [row["problem_id"] for row in of("abduction", "medium")][:2]


def test_a_target_of_one_environment_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    write_tiers(make_draft(tmp_path), {"abduction": TargetSettings(easy=0, medium=0, hard=0)})
    kept = {row["environment"] for tier in ("easy", "medium", "hard") for row in written(tmp_path, tier)}
    assert kept == {"deduction", "fuzzing", "induction"}


def test_a_total_is_taken_over_the_tiers_in_the_order_of_the_draw(tmp_path: Path) -> None:
    write_tiers(make_draft(tmp_path), {"deduction": TargetSettings(total=3, easy=1)})
    kept = [
        row["problem_id"]
        for tier in ("easy", "medium", "hard")
        for row in written(tmp_path, tier)
        if row["environment"] == "deduction"
    ]
    first_easy, *_ = of("deduction", "easy")
    others = [row for row in of("deduction", "easy", "medium", "hard") if row["tier"] != "easy" or row == first_easy]
    assert sorted(kept) == sorted(row["problem_id"] for row in others[:3])


def test_a_total_is_filled_from_tiers_with_a_target_of_their_own_first(tmp_path: Path) -> None:
    write_tiers(make_draft(tmp_path), {"fuzzing": TargetSettings(hard=1, total=1)})
    kept = [
        row["tier"] for tier in ("easy", "medium", "hard") for row in written(tmp_path, tier) if row["environment"] == "fuzzing"
    ]
    assert kept == ["hard"]


def test_what_is_beyond_a_target_stays_in_the_problems_table(tmp_path: Path) -> None:
    write_tiers(make_draft(tmp_path), {"abduction": TargetSettings(total=1)})
    assert drafts.count_rows(tmp_path, "problems") == len(problems())
