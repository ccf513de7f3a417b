"""Exact duplicates: the first stays, the others become rejections that name it."""

from pathlib import Path

import pytest

from steppingstone import drafts
from steppingstone.duplicates import Deduplicated, drop_duplicates
from tests.drafts import Row, attempts, make_draft, problems


def again(problem: Row, **changed: object) -> Row:
    """The same problem, as another chain arrived at it."""
    return problem | {"chain_id": "chain-late", "round": 6, "pass_count": 0} | changed


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """Problems 5 and 7 once more: the one under another name, the other under its own."""
    rows = problems()
    rows = [again(rows[5], problem_id="renamed"), *rows, again(rows[7], chain_id="chain-later")]
    return make_draft(tmp_path, problems=rows, attempts=attempts(rows))


def test_the_first_by_round_stays(twice: Path) -> None:
    assert drop_duplicates(twice) == Deduplicated(kept=40, dropped=2)
    assert drafts.read_table(twice, "problems")["chain_id"].to_pylist() == [row["chain_id"] for row in problems()]


def test_a_dropped_problem_is_a_rejection_that_names_its_partner(twice: Path) -> None:
    drop_duplicates(twice)
    rows = drafts.read_table(twice, "rejections").to_pylist()
    found = {row["problem_id"]: (row["partner_id"], row["stage"], row["reason"]) for row in rows if row["problem_id"]}
    kept = [str(problems()[n]["problem_id"]) for n in (5, 7)]
    assert found == {key: (kept[n], "deduplicate", "duplicate") for n, key in enumerate(["renamed", kept[1]])}


def test_other_rejections_stay(twice: Path) -> None:
    drop_duplicates(twice)
    assert drafts.read_table(twice, "rejections")["stage"].to_pylist().count("generate") == 3


def test_a_rejection_keeps_what_the_duplicate_cost(twice: Path) -> None:
    drop_duplicates(twice)
    assert drafts.read_table(twice, "rejections")["prompt_tokens"].to_pylist()[-1] == 900


def test_the_attempts_at_a_duplicate_leave_with_it_and_the_others_keep_their_order(twice: Path) -> None:
    drop_duplicates(twice)
    keys = ["problem_id", "chain_id", "attempt"]
    assert drafts.read_table(twice, "attempts").select(keys).to_pylist() == [
        {key: row[key] for key in keys} for row in attempts(problems())
    ]


def test_the_same_program_in_another_environment_is_no_duplicate(tmp_path: Path) -> None:
    rows = problems()
    other = again(rows[5], problem_id="other", environment="fuzzing")
    assert drop_duplicates(make_draft(tmp_path, problems=[*rows, other])).dropped == 0


def test_done_again_nothing_changes(twice: Path) -> None:
    drop_duplicates(twice)
    before = drafts.read_table(twice, "rejections")
    assert drop_duplicates(twice) == Deduplicated(kept=40, dropped=0)
    assert drafts.read_table(twice, "rejections").equals(before)


def test_killed_after_the_rejections_were_written_it_can_be_done_again(twice: Path, tmp_path: Path) -> None:
    untouched = drafts.read_table(twice, "problems")
    drop_duplicates(twice)
    drafts.write_batches(twice, "problems", untouched.to_batches())
    drop_duplicates(twice)
    assert drafts.count_rows(twice, "rejections") == 5
    assert drafts.count_rows(twice, "problems") == 40


def test_a_draft_without_problems_has_no_duplicates(tmp_path: Path) -> None:
    assert drop_duplicates(make_draft(tmp_path, problems=[], attempts=[])) == Deduplicated(kept=0, dropped=0)
