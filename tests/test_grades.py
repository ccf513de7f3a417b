"""New grades in the place of old ones: what a version becomes by them."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from steppingstone import drafts, versions
from steppingstone.difficulty import PassRate, Thresholds
from steppingstone.grades import with_attempts, with_verdicts
from steppingstone.settings import TargetSettings
from steppingstone.tiers import write_tiers
from tests.drafts import ATTEMPTS, ENVIRONMENTS, Row, attempts, make_draft, problems, tier_of

ALIKE, CHANGED, GONE = problems()[0], problems()[1], problems()[2] | {"problem_id": "gone"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data root with one version, in which each problem's interval is that of its counts."""
    rows = [row | _interval(row) for row in problems()]
    draft = make_draft(tmp_path / "runs" / "a" / "draft", problems=rows)
    write_tiers(draft, {})
    versions.publish(tmp_path, draft, "a", {})
    return tmp_path


def _interval(row: Row) -> Row:
    rate = PassRate(int(str(row["pass_count"])), ATTEMPTS)
    low, high = rate.interval() or (None, None)
    return {"pass_rate_low": low, "pass_rate_high": high, "straddles": Thresholds().straddled(rate)}


def regraded(row: Row, solved: int) -> Row:
    """A problem as another student left it."""
    return row | {"pass_count": solved, "student_model": "other", "student_completion_tokens": 7}


def new_attempts(rows: Iterable[Row]) -> list[Row]:
    return [row | {"completion": f"anew {row['attempt']}"} for row in attempts(list(rows))]


def draft_of(root: Path, new: list[Row]) -> Path:
    folder = root / "runs" / "b" / "draft"
    drafts.write_rows(folder, "problems", new)
    drafts.write_rows(folder, "attempts", new_attempts(new))
    return folder


def by_id(folder: drafts.Folder, table: str = "problems") -> dict[object, Row]:
    return {row["problem_id"]: row for row in drafts.read_table(folder, table).to_pylist()}


def test_a_regraded_problem_has_its_new_counts_p_tier_and_student(root: Path) -> None:
    made = with_attempts(draft_of(root, [regraded(CHANGED, 2)]), root, Thresholds())
    row = by_id(made.folder)[CHANGED["problem_id"]]
    low, high = PassRate(2, ATTEMPTS).interval() or (None, None)
    told = {"pass_count": 2, "pass_rate": 0.25, "tier": "hard", "pass_rate_low": low, "pass_rate_high": high}
    assert {name: row[name] for name in told} == told
    assert (row["student_model"], row["student_completion_tokens"]) == ("other", 7)
    assert (made.base, made.added) == (1, 1)


def test_what_it_was_made_of_and_all_other_problems_stay_as_they_were(root: Path) -> None:
    before = by_id(versions.published(root).folder)
    after = by_id(with_attempts(draft_of(root, [regraded(CHANGED, 2)]), root, Thresholds()).folder)
    other = {name for name, value in after[CHANGED["problem_id"]].items() if before[CHANGED["problem_id"]][name] != value}
    told = {"pass_count", "pass_rate", "pass_rate_low", "pass_rate_high", "tier", "student_model", "student_completion_tokens"}
    assert other == told
    assert {name for name in before if before[name] != after[name]} == {CHANGED["problem_id"]}


def test_its_attempts_are_replaced_and_no_others(root: Path) -> None:
    made = with_attempts(draft_of(root, [regraded(CHANGED, 2)]), root, Thresholds())
    rows = drafts.read_table(made.folder, "attempts").to_pylist()
    anew = {row["problem_id"] for row in rows if row["completion"].startswith("anew")}
    assert (len(rows), anew) == (40 * ATTEMPTS, {CHANGED["problem_id"]})
    assert len({(row["problem_id"], row["attempt"]) for row in rows}) == len(rows)


def test_the_tier_tables_follow(root: Path) -> None:
    made = with_attempts(draft_of(root, [regraded(CHANGED, 2)]), root, Thresholds())
    for tier in ("easy", "medium", "hard"):
        wanted = {name for name, row in by_id(made.folder).items() if row["tier"] == tier}
        assert set(by_id(made.folder, tier)) == wanted
    assert CHANGED["problem_id"] in by_id(made.folder, "hard")


def test_other_thresholds_hold_for_the_problems_that_were_not_graded_again_too(root: Path) -> None:
    made = with_attempts(draft_of(root, [regraded(CHANGED, 2)]), root, Thresholds(0.5, 0.65))
    tiers = {row["pass_count"]: row["tier"] for row in by_id(made.folder).values()}
    assert tiers == {solved: tier_of(solved) for solved in range(9)} | {3: "hard", 4: "hard"}


def test_a_problem_that_the_latest_version_does_not_hold_is_left_out(root: Path) -> None:
    made = with_attempts(draft_of(root, [GONE]), root, Thresholds())
    assert "gone" not in by_id(made.folder)
    assert made.added == 0
    assert drafts.count_rows(made.folder, "attempts") == 40 * ATTEMPTS


def test_a_student_that_says_the_same_changes_nothing(root: Path) -> None:
    folder = root / "runs" / "b" / "draft"
    drafts.write_rows(folder, "problems", [ALIKE])
    drafts.write_rows(folder, "attempts", attempts([ALIKE]))
    assert with_attempts(folder, root, Thresholds()).added == 0


def test_the_published_version_is_not_touched(root: Path) -> None:
    with_attempts(draft_of(root, [regraded(CHANGED, 2)]), root, Thresholds())
    assert not versions.damaged(versions.published(root))


def rescored(root: Path, changed: list[Row]) -> tuple[Path, list[dict[str, str]], int]:
    """The dataset with these attempts' verdicts, the lines of the list of changes, and how many problems changed."""
    folder = root / "runs" / "b" / "draft"
    drafts.write_rows(folder, "attempts", changed)
    made = with_verdicts(folder, root, Thresholds(), root / "changes.csv")
    with (root / "changes.csv").open() as file:
        return Path(made.folder), list(csv.DictReader(file)), made.added


def verdict(row: Row, verdict: str, reward: int | None) -> Row:
    return row | {"verdict": verdict, "reward": reward, "detail": "anew", "reasoning": ""}


def test_each_changed_verdict_is_listed_and_p_follows(root: Path) -> None:
    rows = attempts([CHANGED])
    lost, tie = verdict(rows[0], "timeout", 0), verdict(rows[7], "exception", 0)
    dataset, changes, added = rescored(root, [tie, lost])
    told = [(line["attempt"], line["verdict_before"], line["verdict_after"], line["reward_before"]) for line in changes]
    assert told == [("0", "solved", "timeout", "1"), ("7", "wrong", "exception", "0")]
    row = by_id(dataset)[CHANGED["problem_id"]]
    assert (row["pass_count"], row["graded_count"], row["attempt_count"]) == (4, 8, 8)
    assert (row["pass_rate"], row["tier"], added) == (0.5, "medium", 1)


def test_the_attempts_bear_their_new_verdicts_and_keep_all_else(root: Path) -> None:
    before = drafts.read_table(versions.published(root).folder, "attempts").to_pylist()
    dataset, _, _ = rescored(root, [verdict(attempts([CHANGED])[0], "timeout", 0)])
    after = drafts.read_table(dataset, "attempts").to_pylist()
    key = (CHANGED["problem_id"], 0)
    expected = [
        row | {"verdict": "timeout", "reward": 0, "detail": "anew"} if (row["problem_id"], row["attempt"]) == key else row
        for row in before
    ]
    assert sorted(after, key=str) == sorted(expected, key=str)


def test_an_attempt_that_can_not_be_graded_any_more_counts_in_neither_number(root: Path) -> None:
    dataset, _, _ = rescored(root, [verdict(attempts([CHANGED])[0], "ungraded", None)])
    row = by_id(dataset)[CHANGED["problem_id"]]
    assert (row["pass_count"], row["graded_count"], row["attempt_count"]) == (4, 7, 8)


def test_rewards_that_change_both_ways_are_a_change_though_p_stays(root: Path) -> None:
    rows = attempts([CHANGED])
    _, changes, added = rescored(root, [verdict(rows[0], "wrong", 0), verdict(rows[7], "solved", 1)])
    assert (len(changes), added) == (2, 1)


def test_another_verdict_of_the_same_reward_is_listed_and_no_reason_to_publish(root: Path) -> None:
    _, changes, added = rescored(root, [verdict(attempts([CHANGED])[7], "timeout", 0)])
    assert (len(changes), added) == (1, 0)


def test_an_attempt_that_was_replaced_meanwhile_is_left_alone(root: Path) -> None:
    other = verdict(attempts([CHANGED])[0], "timeout", 0) | {"completion": "of another student"}
    dataset, changes, added = rescored(root, [other])
    assert (changes, added) == ([], 0)
    assert by_id(dataset)[CHANGED["problem_id"]]["pass_count"] == CHANGED["pass_count"]


def test_what_targets_kept_out_of_the_tiers_stays_out(tmp_path: Path) -> None:
    draft = make_draft(tmp_path / "runs" / "a" / "draft")
    kept = sum(write_tiers(draft, {name: TargetSettings(total=1) for name in ENVIRONMENTS}).values())
    versions.publish(tmp_path, draft, "a", {})
    made = with_attempts(draft_of(tmp_path, [regraded(CHANGED, 2)]), tmp_path, Thresholds())
    assert sum(drafts.count_rows(made.folder, tier) for tier in ("easy", "medium", "hard")) == kept == 4


@pytest.mark.parametrize(("hard_max", "changes"), [(0.25, False), (0.5, True)])
def test_other_thresholds_are_a_change_too(root: Path, hard_max: float, changes: bool) -> None:
    assert bool(with_attempts(draft_of(root, []), root, Thresholds(hard_max=hard_max)).added) is changes
