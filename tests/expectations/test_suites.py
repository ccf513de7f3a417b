"""Suites: a sound draft passes them, and each fault is found by the expectation that is named for it."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations import GateResult, Rules, check, check_curriculum
from expectations.suites import load_suite
from steppingstone import drafts
from steppingstone.difficulty import Thresholds
from steppingstone.records import Steer, Tier, Verdict
from steppingstone.tables import TABLES, TIERS
from tests.drafts import ATTEMPTS, Row, attempts, make_draft, problems, rejections, seeds

RULES = Rules(ATTEMPTS, ATTEMPTS)
SUITES = ("seeds", "problems", "attempts", "rejections", "quarantine", "tiers", "curricula", "balance", "growth", "yield")
MAKE: dict[str, Callable[[], list[Row]]] = {
    "seeds": seeds,
    "problems": problems,
    "attempts": lambda: attempts(problems()),
    "rejections": rejections,
}


def failed(result: GateResult) -> dict[str, tuple[str, ...]]:
    return {outcome.name: tuple(outcome.row_ids.to_pylist()) for outcome in result.outcomes if not outcome.ok}


def broken(result: GateResult) -> list[str]:
    return [outcome.name for outcome in result.failed("table")]


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


@pytest.mark.parametrize("table", TABLES)
def test_a_sound_table_passes(sound: Path, table: str) -> None:
    assert failed(check(sound, table, RULES)) == {}


@pytest.mark.parametrize("table", TABLES)
def test_a_sound_table_passes_as_part_of_a_dataset(sound: Path, table: str) -> None:
    assert failed(check(sound, table, Rules(99, 99, ("bakery",), Thresholds(0.9, 0.9, 0.9)), "dataset")) == {}


@pytest.mark.parametrize("table", ["seeds", "problems", "attempts", "easy"])
def test_every_expectation_is_evaluated_on_every_row(sound: Path, table: str) -> None:
    outcomes = check(sound, table, RULES).outcomes
    rows = drafts.count_rows(sound, table)
    assert {each.name for each in outcomes} | OF_DATASETS == {
        *OF_DATASETS,
        *(each["meta"]["name"] for each in load_suite("tiers" if table == "easy" else table)),
    }
    # What may be null, like a p, is not held against the row. A row count is of no row.
    assert all(each.checked == rows for each in outcomes if not each.name.startswith("there_are_"))


LEAK = "the_statement_does_not_tell_the_answer"
PROBLEM_FAULTS: list[tuple[Row, str]] = [
    ({"environment": "seduction"}, "the_environment_is_known"),
    ({"steer": "sideways"}, "the_steer_is_known"),
    ({"tier": "cosy"}, "the_tier_is_known"),
    ({"tier": "hard"}, "the_tier_is_that_of_p"),
    ({"straddles": False}, "a_problem_straddles_if_its_interval_does"),
    ({"round": 0}, "rounds_count_from_one"),
    ({"content_hash": ""}, "a_problem_has_a_content_hash"),
    ({"statement": "  "}, "a_problem_has_a_statement"),
    ({"code": ""}, "a_problem_has_code"),
    ({"inputs": []}, "a_problem_has_inputs"),
    ({"outputs": ["1", "2"]}, "each_input_has_its_output"),
    ({"tests": "[]"}, "a_real_problem_and_no_other_has_tests"),
    ({"environment": "real"}, "a_real_problem_and_no_other_has_tests"),
    ({"inputs": ["[7, 8, 9, 10]"], "statement": "f(x) == [7, 8,\n 9,10]"}, LEAK),
    ({"environment": "deduction", "outputs": ["[1, 2, 3, 4]"], "statement": "[1,2,3,4]?"}, LEAK),
    ({"environment": "deduction", "outputs": ["3"]}, LEAK),
    ({"environment": "fuzzing", "inputs": ["1", "'a longer text'"], "statement": "not 'a longer text'"}, LEAK),
    ({"environment": "induction", "statement": "def f(x):\n  return x * 0 + 2"}, LEAK),
    ({"environment": "induction", "code": "return sorted(x)[::2]", "hint": "try sorted( x )[::2]", "statement": "?"}, LEAK),
    ({"environment": "induction", "inputs": ["1", "2"], "outputs": ["3", "4"], "statement": "so\nf(2) == 4\nis"}, LEAK),
    ({"environment": "real", "tests": "[]", "code": "    return x + 1 - 1", "statement": "return x + 1 - 1"}, LEAK),
    ({"attempt_count": 7}, "a_problem_was_attempted_as_often_as_asked"),
    ({"attempt_count": 7}, "every_attempt_stands_in_the_attempts_table"),
    ({"pass_count": 6}, "pass_count_is_the_number_of_solved_attempts"),
    ({"pass_count": 6}, "p_is_solved_attempts_by_graded_ones"),
    ({"graded_count": 7}, "graded_count_is_the_number_of_graded_attempts"),
    ({"pass_count": 9}, "no_more_are_solved_than_graded"),
    ({"pass_count": -1}, "pass_count_is_no_less_than_zero"),
    ({"graded_count": 9}, "no_more_are_graded_than_attempted"),
    ({"pass_rate": 1.5}, "p_is_between_zero_and_one"),
    ({"pass_rate": None}, "p_is_solved_attempts_by_graded_ones"),
    ({"pass_rate_low": 0.31}, "the_interval_of_p_is_that_of_its_counts"),
    ({"pass_rate_high": None}, "the_interval_of_p_is_that_of_its_counts"),
    ({"seed_id": "seed-99"}, "the_seed_stands_in_the_seeds_table"),
    ({"parent_id": "nobody"}, "the_parent_stands_in_problems_or_rejections"),
    ({"parent_pass_rate": 0.5}, "the_parents_p_is_that_of_the_parent"),
    ({"steer": "easier"}, "the_steer_follows_from_the_parents_p"),
    ({"steer": "vary"}, "the_steer_follows_from_the_parents_p"),
    ({"parent_pass_rate": None}, "the_steer_follows_from_the_parents_p"),
    ({"teacher_prompt_tokens": -1}, "tokens_are_counted_from_zero"),
    ({"student_dollars": -0.1}, "dollars_are_counted_from_zero"),
]


@pytest.fixture(scope="module")
def faulty_problems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """What is found where each fault of the list stands in the second round of a chain of its own."""
    rows: list[Row] = []
    for number, (changed, _) in enumerate(PROBLEM_FAULTS):
        first, second = (row | {"chain_id": f"fault-{number}"} for row in problems()[:2])
        rows += [first, second | changed]
    tried = [row | {"chain_id": f"fault-{number}"} for number in range(len(PROBLEM_FAULTS)) for row in attempts(problems()[:2])]
    draft = make_draft(tmp_path_factory.mktemp("data"), problems=rows, attempts=tried)
    return failed(check(draft, "problems", RULES))


@pytest.mark.parametrize("number", range(len(PROBLEM_FAULTS)), ids=[fault[1] for fault in PROBLEM_FAULTS])
def test_a_fault_in_a_problem_is_found(faulty_problems: dict[str, tuple[str, ...]], number: int) -> None:
    found = faulty_problems[PROBLEM_FAULTS[number][1]]
    assert [row for row in found if f"/fault-{number}/" in row]


def test_no_sound_problem_is_found(faulty_problems: dict[str, tuple[str, ...]]) -> None:
    assert not [row for rows in faulty_problems.values() for row in rows if row.endswith("/1")]


def test_a_parent_that_is_among_the_rejections_is_known(tmp_path: Path) -> None:
    rows = rejections()
    rows[0] |= {"problem_id": "dropped"}
    problem = problems()
    problem[1] |= {"parent_id": "dropped"}
    assert failed(check(make_draft(tmp_path, problems=problem, rejections=rows), "problems", RULES)) == {}


UNGRADED: Row = {
    "pass_count": 0,
    "graded_count": 0,
    "pass_rate": None,
    "pass_rate_low": None,
    "pass_rate_high": None,
    "tier": "ungraded",
    "straddles": False,
}


def test_a_problem_that_nobody_graded_is_sound(tmp_path: Path) -> None:
    rows, tried = problems(), MAKE["attempts"]()
    rows[3] |= UNGRADED
    tried[24:32] = [row | {"verdict": "ungraded", "reward": None} for row in tried[24:32]]
    draft = make_draft(tmp_path, problems=rows, attempts=tried)
    assert (failed(check(draft, "problems", RULES)), failed(check(draft, "attempts", RULES))) == ({}, {})


def test_a_real_problem_that_nobody_attempted_is_sound(tmp_path: Path) -> None:
    real = problems()[0] | UNGRADED | {"environment": "real", "problem_id": "HumanEval/0", "attempt_count": 0}
    real |= {"tests": "[]", "code": "", "inputs": [], "outputs": []}
    draft = make_draft(tmp_path, problems=[*problems(), real], attempts=attempts(problems()))
    assert failed(check(draft, "problems", RULES)) == {}


def test_a_problem_twice_in_its_round_breaks_the_table(tmp_path: Path) -> None:
    rows = problems()
    result = check(make_draft(tmp_path, problems=[*rows, rows[0]]), "problems", RULES)
    assert broken(result) == ["a_problem_stands_once_in_a_round_of_a_chain"]


def test_a_problem_of_two_chains_breaks_a_dataset_and_no_draft(tmp_path: Path) -> None:
    rows = [*problems(), problems()[0] | {"chain_id": "chain-late"}]
    draft = make_draft(tmp_path, problems=rows, attempts=attempts(rows))
    assert broken(check(draft, "problems", RULES)) == []
    assert broken(check(draft, "problems", RULES, "dataset")) == ["a_problem_id_names_one_problem"]


def test_in_a_dataset_a_row_that_fails_breaks_the_table(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, "problems", 3, {"teacher_prompt_tokens": -1})
    assert broken(check(draft, "problems", RULES)) == []
    assert broken(check(draft, "problems", RULES, "dataset")) == ["tokens_are_counted_from_zero"]


@pytest.mark.parametrize("table", ["seeds", "problems"])
def test_no_rows_at_all_break_the_table(tmp_path: Path, table: str) -> None:
    result = check(make_draft(tmp_path, **{table: []}), table, RULES)
    assert [(outcome.name, outcome.seen) for outcome in result.failed("table")] == [(f"there_are_{table}", "0")]


def test_what_stood_in_the_first_rows_that_fail_is_told(tmp_path: Path) -> None:
    rows = [row | {"tier": "cosy"} if row["round"] == 1 else row for row in problems()]
    told = check(make_draft(tmp_path, problems=rows), "problems", RULES).failed("row")[0]
    first = problems()[0]["problem_id"]
    assert (told.name, told.unexpected) == ("the_tier_is_known", 10)
    assert told.seen.startswith(f"{first}/chain-0/1 (cosy), ")
    assert told.seen.count("cosy") == 3
    assert told.seen.endswith(", …")


ATTEMPT_FAULTS: list[tuple[Row, str]] = [
    ({"verdict": "sovled"}, "the_verdict_is_known"),
    ({"reward": 2}, "a_reward_is_zero_or_one"),
    ({"reward": 0}, "the_reward_is_one_if_solved_and_none_if_ungraded"),
    ({"reward": None}, "the_reward_is_one_if_solved_and_none_if_ungraded"),
    ({"verdict": "ungraded"}, "the_reward_is_one_if_solved_and_none_if_ungraded"),
    ({"chain_id": "chain-99"}, "the_attempted_problem_stands_in_the_problems_table"),
    ({"environment": "deduction"}, "the_environment_is_that_of_the_problem"),
    ({"attempt": 8}, "attempts_count_from_zero_to_those_of_the_problem"),
    ({"attempt": -1}, "attempts_count_from_zero_to_those_of_the_problem"),
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


def test_tiers_steers_and_straddles_follow_the_thresholds_of_the_settings(tmp_path: Path) -> None:
    thresholds = Thresholds(hard_max=0.1, medium_max=0.99, harder_above=0.3)
    found = failed(check(make_draft(tmp_path), "problems", Rules(ATTEMPTS, ATTEMPTS, thresholds=thresholds)))
    assert set(found) == {
        "the_tier_is_that_of_p",
        "a_problem_straddles_if_its_interval_does",
        "the_steer_follows_from_the_parents_p",
    }
    changed = [row for row in problems() if row["tier"] in ("hard", "easy") and row["pass_rate"] != 0]
    assert len(found["the_tier_is_that_of_p"]) == len(changed)


def test_attempts_may_stop_early_where_the_settings_say_so(tmp_path: Path) -> None:
    draft = make_draft(tmp_path)
    assert failed(check(draft, "problems", Rules(32, 4))) == {}
    assert set(failed(check(draft, "problems", Rules(32, 9)))) == {"a_problem_was_attempted_as_often_as_asked"}


def test_the_same_attempt_twice_breaks_the_table_also_in_slices(tmp_path: Path) -> None:
    rows = MAKE["attempts"]()
    result = check(make_draft(tmp_path, attempts=[*rows, rows[0]]), "attempts", RULES, rows_a_slice=100)
    assert broken(result) == ["an_attempt_stands_once"]


def test_a_table_of_mostly_ungraded_attempts_is_broken(tmp_path: Path) -> None:
    rows = [row | {"verdict": "ungraded", "reward": None} for row in MAKE["attempts"]()]
    result = check(make_draft(tmp_path, attempts=rows), "attempts", RULES, rows_a_slice=100)
    assert "most_attempts_are_graded" in broken(result)


def test_slices_find_the_same_rows(tmp_path: Path) -> None:
    draft = draft_with(tmp_path, "attempts", 100, {"verdict": "sovled"})
    assert failed(check(draft, "attempts", RULES, rows_a_slice=50)) == failed(check(draft, "attempts", RULES))


SEED_FAULTS: list[tuple[Row, str]] = [
    ({"kind": "dream"}, "the_kind_of_seed_is_known"),
    ({"text": "\n"}, "a_seed_has_text"),
    ({"lines": 0}, "a_seed_has_lines"),
    ({"origin": ""}, "a_seed_names_its_origin"),
    ({"seed_id": "seed-4"}, "a_seed_id_names_one_seed"),
]


def test_each_fault_in_a_seed_is_found(tmp_path: Path) -> None:
    rows = [row | changed for row, (changed, _) in zip(seeds(), SEED_FAULTS, strict=True)]
    draft = make_draft(tmp_path, seeds=[*rows, seeds()[4]])
    found = {name: ("seed-4", "seed-4") if name == "a_seed_id_names_one_seed" else (f"seed-{n}",)
             for n, (_, name) in enumerate(SEED_FAULTS)}  # fmt: skip
    assert failed(check(draft, "seeds", RULES)) == found


DROPPED: Row = {"stage": "deduplicate", "reason": "duplicate", "problem_id": "gone", "partner_id": "gone", "tier": "hard"}
REJECTION_FAULTS: list[tuple[Row, str]] = [
    ({"rejection_id": "fault-1"}, "a_rejection_stands_once_in_a_run"),
    ({"stage": "breakfast"}, "the_stage_is_known"),
    ({"reason": "boredom"}, "the_reason_is_known"),
    ({"reason": "quarantined"}, "the_reason_is_one_of_the_stage"),
    (DROPPED | {"stage": "extract"}, "the_reason_is_one_of_the_stage"),
    ({"environment": "seduction"}, "the_environment_is_known"),
    ({"steer": "sideways"}, "the_steer_is_known"),
    ({"round": -1}, "rounds_count_from_zero"),
    ({"problem_id": "somebody"}, "what_was_a_problem_is_named"),
    (DROPPED | {"problem_id": None, "tier": ""}, "what_was_a_problem_is_named"),
    (DROPPED | {"tier": "cosy"}, "the_tier_is_known"),
    ({"tier": "hard"}, "what_was_no_problem_has_no_tier"),
    (DROPPED | {"partner_id": None}, "what_is_too_close_to_another_names_it"),
    ({"stage": "decontaminate", "reason": "contaminated"}, "what_is_too_close_to_another_names_it"),
    (DROPPED | {"partner_id": "nobody"}, "a_duplicates_partner_stands_in_problems_or_rejections"),
    ({"seed_id": "seed-99"}, "the_seed_stands_in_the_seeds_table_or_was_turned_away"),
    ({"prompt_tokens": -1}, "tokens_are_counted_from_zero"),
    ({"dollars": -0.1}, "dollars_are_counted_from_zero"),
]
SOUND_REJECTIONS: list[Row] = [
    DROPPED,
    {"stage": "decontaminate", "reason": "contaminated", "partner_id": "HumanEval/12", "problem_id": "gone-2", "tier": "easy"},
    {"stage": "decontaminate", "reason": "contaminated", "partner_id": "MBPP/7", "seed_id": "seed-taken", "environment": ""},
    {"seed_id": "seed-taken"},
    {"seed_id": "seed-quarantined"},
    {"stage": "validate", "reason": "quarantined", "problem_id": "gone-3", "tier": "cosy", "round": -1, "environment": "?"},
]


@pytest.fixture(scope="module")
def faulty_rejections(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    plain = rejections()[0]
    rows = [plain | {"rejection_id": f"fault-{n}"} | changed for n, (changed, _) in enumerate(REJECTION_FAULTS, 1)]
    rows += [plain | {"rejection_id": "fault-1"}]
    rows += [plain | {"rejection_id": f"sound-{n}"} | changed for n, changed in enumerate(SOUND_REJECTIONS)]
    left = {"table": "seeds", "row_id": "seed-quarantined", "expectation": "a_seed_has_text", "column": "text", "row": "{}"}
    return failed(check(make_draft(tmp_path_factory.mktemp("data"), rejections=rows, quarantine=[left]), "rejections", RULES))


@pytest.mark.parametrize("number", range(len(REJECTION_FAULTS)), ids=[fault[1] for fault in REJECTION_FAULTS])
def test_a_fault_in_a_rejection_is_found(faulty_rejections: dict[str, tuple[str, ...]], number: int) -> None:
    assert f"fault-{number + 1}" in faulty_rejections[REJECTION_FAULTS[number][1]]


def test_no_sound_rejection_is_found(faulty_rejections: dict[str, tuple[str, ...]]) -> None:
    assert not [row for rows in faulty_rejections.values() for row in rows if row.startswith("sound-")]


QUARANTINE_FAULTS: list[tuple[Row, str]] = [
    ({"row_id": "seed-1"}, "a_row_fails_an_expectation_once"),
    ({"table": "easy"}, "the_table_is_one_that_is_quarantined_from"),
    ({"row_id": ""}, "a_quarantined_row_has_a_name"),
    ({"expectation": ""}, "the_expectation_has_a_name"),
    ({"row": "{"}, "the_row_is_json"),
]


def test_each_fault_in_the_quarantine_breaks_it(tmp_path: Path) -> None:
    plain: Row = {"table": "seeds", "row_id": "seed-1", "expectation": "a_seed_has_text", "column": "text", "row": "{}"}
    rows = [plain | {"row_id": f"row-{number}"} | changed for number, (changed, _) in enumerate(QUARANTINE_FAULTS)]
    result = check(make_draft(tmp_path, quarantine=[plain, *rows]), "quarantine", RULES)
    assert broken(result) == [name for _, name in QUARANTINE_FAULTS]


TIER_FAULTS: list[tuple[Row, str]] = [
    ({}, "a_problem_stands_once_in_a_tier"),
    ({"tier": "easy"}, "only_the_tiers_own_problems_stand_in_it"),
    ({"pass_rate": 0.9}, "the_tier_is_that_of_p"),
    ({"pass_rate": None}, "p_is_known"),
    ({"pass_rate": 1.0}, "p_is_neither_zero_nor_one"),
    ({"chain_id": "chain-99"}, "the_problem_stands_alike_in_the_problems_table"),
]


def test_each_fault_in_a_tier_breaks_it(tmp_path: Path) -> None:
    hard = [row for row in problems() if row["tier"] == "hard"]
    rows = [row | changed for row, (changed, _) in zip(hard, TIER_FAULTS, strict=False)]
    found = failed(check(make_draft(tmp_path, hard=[hard[0], *rows]), "hard", RULES))
    assert set(found) == {name for _, name in TIER_FAULTS}
    assert set(found["the_tier_is_that_of_p"]) == {hard[number]["problem_id"] for number in (1, 2, 3, 4)}


CURRICULUM_FAULTS: list[tuple[Row, str]] = [
    ({}, "a_problem_stands_once_in_a_curriculum"),
    ({"curriculum_rank": 7}, "ranks_count_from_zero_in_order"),
    ({"stage": 0}, "stages_count_from_zero_and_never_fall"),
    ({"sampling_weight": 0.0}, "a_sampling_weight_is_more_than_zero"),
    ({"sampling_weight": float("inf")}, "a_sampling_weight_is_finite"),
    ({"pass_rate": 0.5}, "the_problem_stands_alike_in_the_problems_table"),
    ({"problem_id": "nobody"}, "the_problem_stands_alike_in_the_problems_table"),
]


def curriculum(folder: Path, rows: list[Row]) -> Path:
    """Writes a curriculum's file of so many of the factory's problems, with some columns changed."""
    taken = ("problem_id", "tier", "pass_rate")
    told = [
        {name: row[name] for name in taken} | {"curriculum_rank": rank, "stage": rank // 2, "sampling_weight": 1.0} | changed
        for rank, (row, changed) in enumerate(zip([problems()[0], *problems()], rows, strict=False))
    ]
    pq.write_table(pa.Table.from_pylist(told), folder / "uniform.parquet")
    return folder / "uniform.parquet"


def test_each_fault_in_a_curriculum_breaks_it(sound: Path, tmp_path: Path) -> None:
    result = check_curriculum(sound, curriculum(tmp_path, [{}, *(changed for changed, _ in CURRICULUM_FAULTS)]))
    assert set(broken(result)) == {name for _, name in CURRICULUM_FAULTS}


@pytest.mark.parametrize("suite", SUITES)
def test_names_are_unique_and_levels_are_row_table_or_warning(suite: str) -> None:
    told = [each["meta"] for each in load_suite(suite)]
    assert len({each["name"] for each in told}) == len(told)
    assert {each["level"] for each in told} <= {"row", "table", "warning"}
    assert {each.get("of", "run") for each in told} <= {"run", "dataset"}


OF_DATASETS = {"a_problem_id_names_one_problem"}
FOUND_ABOVE = {
    "problems": [*PROBLEM_FAULTS, *(({}, name) for name in OF_DATASETS)],
    "attempts": ATTEMPT_FAULTS,
    "seeds": SEED_FAULTS,
    "rejections": REJECTION_FAULTS,
    "quarantine": QUARANTINE_FAULTS,
    "tiers": TIER_FAULTS,
    "curricula": CURRICULUM_FAULTS,
}
BROKEN_ABOVE = {
    "there_are_seeds", "there_are_problems", "a_problem_stands_once_in_a_round_of_a_chain", "an_attempt_stands_once",
    "most_attempts_are_graded",
}  # fmt: skip


@pytest.mark.parametrize("suite", FOUND_ABOVE)
def test_each_expectation_has_a_fault_that_breaks_it(suite: str) -> None:
    names = {each["meta"]["name"] for each in load_suite(suite)}
    assert names - BROKEN_ABOVE == {name for _, name in FOUND_ABOVE[suite]}


@pytest.mark.parametrize(
    ("suite", "expectation", "members"),
    [
        ("problems", "the_steer_is_known", Steer),
        ("problems", "the_tier_is_known", Tier),
        ("rejections", "the_tier_is_known", Tier),
        ("attempts", "the_verdict_is_known", Verdict),
    ],
)
def test_a_closed_set_is_that_of_the_records(suite: str, expectation: str, members: type[Steer]) -> None:
    (told,) = [each for each in load_suite(suite) if each["meta"]["name"] == expectation]
    assert set(told["kwargs"]["value_set"]) == {member.value for member in members}
