"""Validate and split: failing rows are taken out, and a broken table stops the run."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from expectations import Rules
from steppingstone import drafts
from steppingstone.errors import GateFailed
from steppingstone.settings import Settings
from steppingstone.tables import TIERS
from tasks.deduplicate import deduplicate
from tasks.split import split
from tasks.validate import gate_rules, validate
from tests.drafts import ATTEMPTS, ENVIRONMENTS, Row, attempts, make_draft, problems, rejections, seeds
from tests.duplicates.made import EXACT

RULES = Rules(ATTEMPTS, ATTEMPTS)


@pytest.fixture(autouse=True, scope="module")
def _outside_of_a_flow() -> Iterator[None]:
    with disable_run_logger():
        yield


def faulty(folder: Path, table: str, number: int, changed: Row) -> str:
    rows = {"seeds": seeds(), "problems": problems(), "attempts": attempts(problems()), "rejections": rejections()}
    rows[table][number] |= changed
    return str(make_draft(folder, **{table: rows[table]}))


def counts(draft: str) -> dict[str, int]:
    return {table: drafts.count_rows(draft, table) for table in ("seeds", "problems", "attempts", "rejections", "quarantine")}


def quarantined(draft: str) -> Counter[tuple[str, str]]:
    return Counter((row["table"], row["expectation"]) for row in drafts.read_table(draft, "quarantine").to_pylist())


def test_a_sound_draft_stays_as_it_is(tmp_path: Path) -> None:
    report = validate.fn(str(make_draft(tmp_path)), RULES)
    assert all(each.ok for each in report.held)
    assert counts(str(tmp_path)) == {"seeds": 5, "problems": 40, "attempts": 320, "rejections": 3, "quarantine": 0}


@pytest.fixture(scope="module")
def unsound(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A draft, one problem of which was wrong, after it was validated."""
    draft = faulty(tmp_path_factory.mktemp("data"), "problems", 3, {"tier": "cosy"})
    validate.fn(draft, RULES)
    return draft


def test_a_failing_problem_goes_to_quarantine_with_its_attempts(unsound: str) -> None:
    assert quarantined(unsound) == {
        ("problems", "the_tier_is_known"): 1,
        ("problems", "the_tier_is_that_of_p"): 1,
        ("attempts", "its_problem_is_quarantined"): 8,
    }
    assert counts(unsound) == {"seeds": 5, "problems": 39, "attempts": 312, "rejections": 4, "quarantine": 10}


def test_a_quarantined_problem_is_a_rejection_that_names_its_expectations(unsound: str) -> None:
    last = drafts.read_table(unsound, "rejections").to_pylist()[-1]
    assert (last["stage"], last["reason"]) == ("validate", "quarantined")
    assert last["detail"] == "the_tier_is_known, the_tier_is_that_of_p"


def test_the_quarantine_holds_the_whole_row(unsound: str) -> None:
    rows = drafts.read_table(unsound, "quarantine").to_pylist()
    problem = json.loads(next(row["row"] for row in rows if row["table"] == "problems"))
    assert problem == dict.fromkeys(problem) | problems()[3] | {"tier": "cosy"}


def test_what_is_left_passes(unsound: str) -> None:
    before = counts(unsound)
    assert all(each.ok for each in validate.fn(unsound, RULES).held)
    assert counts(unsound) == before


def test_a_failing_attempt_takes_its_problem_along(tmp_path: Path) -> None:
    draft = faulty(tmp_path, "attempts", 100, {"detail": "", "completion_tokens": -1})
    validate.fn(draft, RULES)
    assert quarantined(draft) == {
        ("attempts", "tokens_are_counted_from_zero"): 1,
        ("attempts", "its_problem_is_quarantined"): 7,
        ("problems", "an_attempt_at_it_is_quarantined"): 1,
    }


def test_a_failing_seed_takes_its_problems_along(tmp_path: Path) -> None:
    draft = faulty(tmp_path, "seeds", 2, {"origin": ""})
    validate.fn(draft, RULES)
    assert counts(draft) == {"seeds": 4, "problems": 32, "attempts": 256, "rejections": 11, "quarantine": 73}


def test_a_failing_rejection_leaves_alone(tmp_path: Path) -> None:
    draft = faulty(tmp_path, "rejections", 1, {"reason": "boredom"})
    validate.fn(draft, RULES)
    assert quarantined(draft) == {("rejections", "the_reason_is_known"): 1}
    assert counts(draft) == {"seeds": 5, "problems": 40, "attempts": 320, "rejections": 2, "quarantine": 1}


def test_what_is_held_names_the_rows_and_what_stood_there(tmp_path: Path) -> None:
    held = validate.fn(faulty(tmp_path, "problems", 3, {"tier": "cosy"}), RULES).held
    (told,) = [each for each in held if (each.table, each.expectation) == ("problems", "the_tier_is_known")]
    name = f"{problems()[3]['problem_id']}/chain-0/4"
    assert (told.scope, told.level, told.column, told.checked, told.unexpected) == ("run", "row", "tier", 40, 1)
    assert (told.ok, told.seen, told.examples) == (False, f"{name} (cosy)", (name,))


def test_killed_before_the_rows_left_it_can_be_done_again(tmp_path: Path) -> None:
    draft = faulty(tmp_path, "problems", 3, {"tier": "easy"})
    untouched = {table: drafts.read_table(draft, table) for table in ("problems", "attempts")}
    validate.fn(draft, RULES)
    before = counts(draft)
    for table, rows in untouched.items():
        drafts.write_batches(draft, table, rows.to_batches())
    validate.fn(draft, RULES)
    assert counts(draft) == before


def test_a_broken_table_stops_and_says_which_and_what(tmp_path: Path) -> None:
    rows = seeds()
    draft = str(make_draft(tmp_path, seeds=[*rows, rows[0]]))
    with pytest.raises(
        GateFailed, match=r"seeds: a_seed_id_names_one_seed .*2 of 6 rows fail; saw seed-0.*\n.*stays as it was"
    ):
        validate.fn(draft, RULES)
    assert counts(draft)["quarantine"] == 0


def test_a_draft_that_would_lose_most_of_its_problems_stops(tmp_path: Path) -> None:
    draft = str(make_draft(tmp_path))
    with pytest.raises(GateFailed, match=r"40 of 40 problems .* a_problem_was_attempted_as_often_as_asked failed by 40"):
        validate.fn(draft, Rules(32, 32))
    assert counts(draft)["problems"] == 40


def test_how_many_may_leave_is_a_rule(tmp_path: Path) -> None:
    draft = faulty(tmp_path, "problems", 3, {"tier": "cosy"})
    with pytest.raises(GateFailed, match=r"1 of 40 problems .* more than the share 0\.02"):
        validate.fn(draft, Rules(ATTEMPTS, ATTEMPTS, most_quarantined=0.02))
    assert counts(draft)["problems"] == 40


def test_the_rules_are_those_of_the_settings() -> None:
    told = {"generation": {"attempts": 16, "stop_confidence": 0.9}, "gates": {"imbalance": 0.5, "rows_lost": 0.1}}
    rules = gate_rules(Settings.model_validate(told))
    assert (rules.attempts, rules.least_attempts, rules.imbalance, rules.rows_lost) == (16, 4, 0.5, 0.1)
    targeted = gate_rules(Settings.model_validate(told | {"targets": {"fuzzing": {"total": 5}}}))
    assert targeted.imbalance == 1


def test_split_writes_each_tier(tmp_path: Path) -> None:
    report = split.fn(str(make_draft(tmp_path)), RULES, {})
    expected = Counter(row["tier"] for row in problems())
    assert dict(report.rows) == {tier: expected[tier] for tier in TIERS}
    assert all(each.ok for each in report.held)


def test_split_stops_if_a_tier_is_not_that_of_p(tmp_path: Path) -> None:
    draft = faulty(tmp_path, "problems", 3, {"tier": "easy"})
    with pytest.raises(GateFailed, match="easy: the_tier_is_that_of_p"):
        split.fn(draft, RULES, {})


def test_split_writes_an_empty_tier(tmp_path: Path) -> None:
    rows = [row for row in problems() if row["tier"] != "easy"]
    assert split.fn(str(make_draft(tmp_path, problems=rows)), RULES, {}).rows["easy"] == 0


def of_environments(folder: Path, kept: dict[str, int]) -> str:
    """A draft with ten chains an environment, and so many medium problems of each."""
    row = next(row for row in problems() if row["tier"] == "medium")
    rows = [
        row | {"environment": environment, "problem_id": f"{environment}-{n}", "chain_id": f"{environment}-{n % 10}"}
        for environment, count in kept.items()
        for n in range(count)
    ]
    lost = [
        rejections()[0] | {"rejection_id": f"{environment}-{n}", "environment": environment, "chain_id": f"{environment}-{n}"}
        for environment in kept
        for n in range(10)
    ]
    return str(make_draft(folder, problems=rows, rejections=lost))


def test_an_environment_that_keeps_far_less_than_its_due_stops(tmp_path: Path) -> None:
    draft = of_environments(tmp_path, dict.fromkeys(ENVIRONMENTS, 50) | {"fuzzing": 3})
    with pytest.raises(
        GateFailed, match=r"no_environment_keeps_far_less_than_its_due .*1 of 4 rows .* fuzzing: 3, at least 4\n"
    ):
        split.fn(draft, RULES, {})


@pytest.mark.parametrize(
    ("fuzzing", "rules"),
    [
        (5, RULES),
        (0, Rules(ATTEMPTS, ATTEMPTS, imbalance=1.0)),
        (0, Rules(ATTEMPTS, ATTEMPTS, ("abduction", "deduction", "induction"))),
    ],
)
def test_the_balance_has_a_tolerance_and_is_of_the_environments_that_are_run(
    tmp_path: Path, fuzzing: int, rules: Rules
) -> None:
    draft = of_environments(tmp_path, dict.fromkeys(ENVIRONMENTS, 50) | {"fuzzing": fuzzing})
    assert all(each.ok for each in split.fn(draft, rules, {}).held)


def test_of_a_few_problems_no_balance_is_asked(tmp_path: Path) -> None:
    draft = of_environments(tmp_path, dict.fromkeys(ENVIRONMENTS, 35) | {"fuzzing": 0})
    assert all(each.ok for each in split.fn(draft, RULES, {}).held)


def test_deduplicate_moves_what_is_the_same(tmp_path: Path) -> None:
    rows = problems()
    draft = make_draft(tmp_path, problems=[*rows, rows[0] | {"chain_id": "chain-late"}])
    assert deduplicate.fn(str(draft), EXACT, None).dropped == {"duplicate": 1}
