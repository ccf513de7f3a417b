"""Suites: a sound draft passes them, and each fault is found by the expectation that is named for it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from expectations import FOLDER, GateResult, Rules, check, load_suite
from steppingstone import drafts
from steppingstone.difficulty import Thresholds
from steppingstone.records import Steer, Tier, Verdict
from steppingstone.tables import TIERS
from tests.drafts import ATTEMPTS, Row, attempts, make_draft, problems, rejections, seeds

RULES = Rules(ATTEMPTS, ATTEMPTS)
SUITES = ("seeds", "problems", "attempts", "tiers")
MAKE: dict[str, Callable[[], list[Row]]] = {
    "seeds": seeds,
    "problems": problems,
    "attempts": lambda: attempts(problems()),
    "rejections": rejections,
}


def failed(result: GateResult) -> dict[str, tuple[str, ...]]:
    return {outcome.name: outcome.row_ids for outcome in result.outcomes if not outcome.ok}


def draft_with(folder: Path, table: str, number: int, changed: Row) -> Path:
    """The factory's draft with one row changed."""
    rows = MAKE[table]()
    rows[number] |= changed
    return make_draft(folder, **{table: rows})


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draft = make_draft(tmp_path_factory.mktemp("data") / "draft")
    for tier in TIERS:
        drafts.write_rows(draft, tier, [row for row in problems() if row["tier"] == tier])
    return draft


@pytest.mark.parametrize("table", ["seeds", "problems", "attempts", *TIERS])
def test_a_sound_table_passes(sound: Path, table: str) -> None:
    assert failed(check(sound, table, RULES)) == {}


@pytest.mark.parametrize("table", ["seeds", "problems", "attempts", "easy"])
def test_every_expectation_is_evaluated(sound: Path, table: str) -> None:
    result = check(sound, table, RULES)
    assert [each.name for each in result.outcomes] == [
        each["meta"]["name"] for each in load_suite(result.suite)["expectations"]
    ]
    rows = drafts.count_rows(sound, table)
    # What may be null, like a p, is not held against the row. A row count is of no row.
    assert all(each.checked == rows for each in result.outcomes if not each.name.startswith("there_are_"))


PROBLEM_FAULTS: list[tuple[str, object, str]] = [
    ("environment", "seduction", "the_environment_is_known"),
    ("steer", "sideways", "the_steer_is_known"),
    ("tier", "cosy", "the_tier_is_known"),
    ("tier", "hard", "the_tier_is_that_of_p"),
    ("round", 0, "rounds_count_from_one"),
    ("content_hash", "", "a_problem_has_a_content_hash"),
    ("statement", "  ", "a_problem_has_a_statement"),
    ("code", "", "a_problem_has_code"),
    ("inputs", [], "a_problem_has_inputs"),
    ("outputs", ["1", "2"], "each_input_has_its_output"),
    ("attempt_count", 7, "a_problem_was_attempted_as_often_as_asked"),
    ("attempt_count", 7, "every_attempt_stands_in_the_attempts_table"),
    ("pass_count", 6, "pass_count_is_the_number_of_solved_attempts"),
    ("pass_count", 6, "p_is_solved_attempts_by_graded_ones"),
    ("graded_count", 7, "graded_count_is_the_number_of_graded_attempts"),
    ("pass_count", 9, "no_more_are_solved_than_graded"),
    ("pass_count", -1, "pass_count_is_no_less_than_zero"),
    ("graded_count", 9, "no_more_are_graded_than_attempted"),
    ("pass_rate", 1.5, "p_is_between_zero_and_one"),
    ("pass_rate", None, "p_is_solved_attempts_by_graded_ones"),
    ("pass_rate_low", 0.99, "the_interval_of_p_holds_p"),
    ("seed_id", "seed-99", "the_seed_stands_in_the_seeds_table"),
    ("parent_id", "nobody", "the_parent_stands_in_problems_or_rejections"),
    ("parent_pass_rate", 0.5, "the_parents_p_is_that_of_the_parent"),
    ("steer", "easier", "the_steer_follows_from_the_parents_p"),
    ("steer", "vary", "the_steer_follows_from_the_parents_p"),
    ("parent_pass_rate", None, "the_steer_follows_from_the_parents_p"),
    ("teacher_prompt_tokens", -1, "tokens_are_counted_from_zero"),
]


@pytest.fixture(scope="module")
def faulty_problems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """What is found where each fault of the list stands in the second round of a chain of its own."""
    rows: list[Row] = []
    for number, (column, value, _) in enumerate(PROBLEM_FAULTS):
        first, second = (row | {"chain_id": f"fault-{number}"} for row in problems()[:2])
        rows += [first, second | {column: value}]
    tried = [row | {"chain_id": f"fault-{number}"} for number in range(len(PROBLEM_FAULTS)) for row in attempts(problems()[:2])]
    draft = make_draft(tmp_path_factory.mktemp("data"), problems=rows, attempts=tried)
    return failed(check(draft, "problems", RULES))


@pytest.mark.parametrize("number", range(len(PROBLEM_FAULTS)), ids=[fault[2] for fault in PROBLEM_FAULTS])
def test_a_fault_in_a_problem_is_found(faulty_problems: dict[str, tuple[str, ...]], number: int) -> None:
    found = faulty_problems[PROBLEM_FAULTS[number][2]]
    assert [row for row in found if f"/fault-{number}/" in row]


def test_no_sound_problem_is_found(faulty_problems: dict[str, tuple[str, ...]]) -> None:
    assert not [row for rows in faulty_problems.values() for row in rows if row.endswith("/1")]


def test_a_deduction_that_tells_its_long_output_is_found(tmp_path: Path) -> None:
    told = {"outputs": ["[1, 2, 3, 4]"], "statement": "what is [1, 2, 3, 4]?"}
    assert "a_deduction_does_not_tell_its_output" in failed(check(draft_with(tmp_path, "problems", 5, told), "problems", RULES))


def test_a_parent_that_is_among_the_rejections_is_known(tmp_path: Path) -> None:
    rows = rejections()
    rows[0] |= {"problem_id": "dropped"}
    problem = problems()
    problem[1] |= {"parent_id": "dropped"}
    assert failed(check(make_draft(tmp_path, problems=problem, rejections=rows), "problems", RULES)) == {}


def test_a_problem_that_nobody_graded_is_sound(tmp_path: Path) -> None:
    ungraded = {"pass_count": 0, "graded_count": 0, "pass_rate": None, "pass_rate_low": None, "pass_rate_high": None}
    rows, tried = problems(), MAKE["attempts"]()
    rows[3] |= {"tier": "ungraded", **ungraded}
    tried[24:32] = [row | {"verdict": "ungraded", "reward": None} for row in tried[24:32]]
    draft = make_draft(tmp_path, problems=rows, attempts=tried)
    assert (failed(check(draft, "problems", RULES)), failed(check(draft, "attempts", RULES))) == ({}, {})


def test_a_problem_twice_in_its_round_breaks_the_table(tmp_path: Path) -> None:
    rows = problems()
    result = check(make_draft(tmp_path, problems=[*rows, rows[0]]), "problems", RULES)
    assert [outcome.name for outcome in result.broken] == ["a_problem_stands_once_in_a_round_of_a_chain"]


def test_no_problems_at_all_break_the_table(tmp_path: Path) -> None:
    result = check(make_draft(tmp_path, problems=[], attempts=[]), "problems", RULES)
    assert [(outcome.name, outcome.seen) for outcome in result.broken] == [("there_are_problems", "0")]


ATTEMPT_FAULTS: list[tuple[Row, str]] = [
    ({"verdict": "sovled"}, "the_verdict_is_known"),
    ({"reward": 2}, "a_reward_is_zero_or_one"),
    ({"reward": 0}, "the_reward_is_one_if_solved_and_none_if_ungraded"),
    ({"reward": None}, "the_reward_is_one_if_solved_and_none_if_ungraded"),
    ({"verdict": "ungraded"}, "the_reward_is_one_if_solved_and_none_if_ungraded"),
    ({"chain_id": "chain-99"}, "the_attempted_problem_stands_in_the_problems_table"),
    ({"environment": "deduction"}, "the_environment_is_that_of_the_problem"),
    ({"attempt": 8}, "attempts_count_from_zero_to_as_many_as_asked"),
    ({"completion_tokens": -1}, "tokens_are_counted_from_zero"),
]


@pytest.fixture(scope="module")
def faulty_attempts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """What is found where each fault of the list stands in the first attempt, a solved one, of a problem of its own."""
    rows = MAKE["attempts"]()
    solved = [
        number for number, row in enumerate(rows) if row["attempt"] == 0 and row["environment"] != "deduction" and row["reward"]
    ]
    for number, (changed, _) in zip(solved, ATTEMPT_FAULTS, strict=False):
        rows[number] |= changed
    return failed(check(make_draft(tmp_path_factory.mktemp("data"), attempts=rows), "attempts", RULES))


@pytest.mark.parametrize("expectation", dict.fromkeys(fault[1] for fault in ATTEMPT_FAULTS))
def test_a_fault_in_an_attempt_is_found(faulty_attempts: dict[str, tuple[str, ...]], expectation: str) -> None:
    assert len(faulty_attempts[expectation]) >= sum(each == expectation for _, each in ATTEMPT_FAULTS)


def test_tiers_and_steers_follow_the_thresholds_of_the_settings(tmp_path: Path) -> None:
    rules = Rules(ATTEMPTS, ATTEMPTS, thresholds=Thresholds(hard_max=0.1, medium_max=0.7, harder_above=0.7))
    found = failed(check(make_draft(tmp_path), "problems", rules))
    assert set(found) == {"the_tier_is_that_of_p"}
    assert len(found["the_tier_is_that_of_p"]) == len([row for row in problems() if row["tier"] == "hard"])


def test_the_same_attempt_twice_breaks_the_table_also_in_slices(tmp_path: Path) -> None:
    rows = MAKE["attempts"]()
    result = check(make_draft(tmp_path, attempts=[*rows, rows[0]]), "attempts", RULES, rows_a_slice=100)
    assert [outcome.name for outcome in result.broken] == ["an_attempt_stands_once"]


def test_a_table_of_mostly_ungraded_attempts_is_broken(tmp_path: Path) -> None:
    rows = [row | {"verdict": "ungraded", "reward": None} for row in MAKE["attempts"]()]
    result = check(make_draft(tmp_path, attempts=rows), "attempts", RULES, rows_a_slice=100)
    assert "most_attempts_are_graded" in [outcome.name for outcome in result.broken]


def test_slices_find_the_same_rows(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, "attempts", 100, {"verdict": "sovled"})
    assert failed(check(draft, "attempts", RULES, rows_a_slice=50)) == failed(check(draft, "attempts", RULES))


@pytest.mark.parametrize(
    ("changed", "expectation"),
    [
        ({"kind": "dream"}, "a_seed_is_from_a_corpus_a_rollout_or_a_reference"),
        ({"text": "\n"}, "a_seed_has_text"),
        ({"lines": 0}, "a_seed_has_lines"),
        ({"origin": ""}, "a_seed_names_its_origin"),
    ],
)
def test_a_fault_in_a_seed_is_found(tmp_path: Path, changed: Row, expectation: str) -> None:
    assert failed(check(draft_with(tmp_path, "seeds", 2, changed), "seeds", RULES)) == {expectation: ("seed-2",)}


@pytest.mark.parametrize(
    ("row", "expectation"),
    [(0, "only_the_tiers_own_problems_stand_in_it"), (8, "p_is_neither_zero_nor_one")],
)
def test_a_problem_in_a_tier_that_is_not_its_own_breaks_the_table(sound: Path, row: int, expectation: str) -> None:
    drafts.write_rows(sound, "hard", [problems()[row]])
    assert expectation in [outcome.name for outcome in check(sound, "hard", RULES).broken]


@pytest.mark.parametrize("suite", SUITES)
def test_names_are_unique_and_levels_are_row_or_table(suite: str) -> None:
    told = [each["meta"] for each in json.loads((FOLDER / f"{suite}.json").read_text())["expectations"]]
    assert len({each["name"] for each in told}) == len(told)
    assert {each["level"] for each in told} <= {"row", "table"}


@pytest.mark.parametrize(
    ("suite", "expectation", "members"),
    [
        ("problems", "the_steer_is_known", Steer),
        ("problems", "the_tier_is_known", Tier),
        ("attempts", "the_verdict_is_known", Verdict),
    ],
)
def test_a_closed_set_is_that_of_the_records(suite: str, expectation: str, members: type[Steer]) -> None:
    (told,) = [each for each in load_suite(suite)["expectations"] if each["meta"]["name"] == expectation]
    assert set(told["kwargs"]["value_set"]) == {member.value for member in members}
