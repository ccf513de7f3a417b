"""Questions to two nights and a regrade: the numbers are those that were counted by hand from `history.py`'s table."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sql import ask, questions
from steppingstone import drafts
from steppingstone.catalog import open_catalog
from steppingstone.errors import BadInput
from tests.sql.history import make_history

if TYPE_CHECKING:
    from steppingstone.drafts import Connection

Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_history(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def tables(root: Path) -> "Iterator[Connection]":
    with open_catalog(root) as opened:
        yield opened


def answer(tables: "Connection", question: str, columns: str = "", **parameters: str) -> Rows:
    """The rows of an answer, of some columns if they are named."""
    given = ask(tables, question, parameters)
    chosen = [given.columns.index(name) for name in columns.split() or given.columns]
    return [tuple(row[place] for place in chosen) for row in given.rows]


def test_the_waterfall_counts_each_step_among_those_before_it(tables: "Connection") -> None:
    assert answer(tables, "yield_waterfall") == [
        ("deduction", 7, 7, 6, 4, 4, 2, 0.286),
        ("fuzzing", 3, 0, 0, 0, 0, 0, 0.0),
        ("induction", 2, 2, 1, 1, 0, 0, 0.0),
        ("all", 12, 9, 7, 5, 4, 2, 0.167),
    ]


def test_the_waterfall_of_one_run_leaves_the_others_out(tables: "Connection") -> None:
    assert answer(tables, "yield_waterfall", run="run-b")[-1] == ("all", 5, 5, 3, 2, 1, 1, 0.2)
    assert answer(tables, "yield_waterfall", run="run-z") == []


def test_the_waterfall_can_be_asked_of_a_run_that_is_not_published(root: Path) -> None:
    with drafts.connect(root / "runs" / "run-a" / "draft") as draft:
        assert answer(draft, "yield_waterfall")[-1] == ("all", 8, 5, 4, 3, 3, 2, 0.25)


def test_the_yield_of_one_run_counts_what_was_contaminated_as_new(tables: "Connection") -> None:
    counted = answer(tables, "yield_by_round", "round proposals valid new kept", run="run-b")
    assert counted == [(1, 2, 2, 2, 0), (2, 2, 2, 0, 0), (3, 1, 1, 1, 1)]


def test_what_the_gates_took_out_was_not_valid(tables: "Connection") -> None:
    fuzzing = [row for row in answer(tables, "yield_by_environment_and_round") if row[0] == "fuzzing"]
    assert fuzzing == [("fuzzing", 2, 1, 0, 0, 0), ("fuzzing", 3, 1, 0, 0, 0), ("fuzzing", 4, 1, 0, 0, 0)]


def test_a_child_is_told_by_the_tier_of_its_parent_also_if_that_was_dropped(tables: "Connection") -> None:
    assert answer(tables, "tier_migration", "parent_tier children trivial easy hard mean_change_of_p") == [
        ("trivial", 1, 0, 1, 0, -0.25), ("easy", 1, 1, 0, 0, 0.25), ("medium", 1, 0, 0, 1, -0.25),
    ]  # fmt: skip
    assert answer(tables, "tier_migration", environment="fuzzing") == []


def test_failures_are_in_order_of_their_number(tables: "Connection") -> None:
    assert answer(tables, "failures_by_environment") == [
        ("deduction", 1, "exception", 3, 0.375), ("deduction", 2, "wrong", 3, 0.375), ("deduction", 3, "cut", 2, 0.25),
    ]  # fmt: skip
    assert answer(tables, "failures_by_environment", "verdict", top="1") == [("exception",)]


def test_tokens_are_counted_by_verdict(tables: "Connection") -> None:
    assert answer(tables, "tokens_by_verdict") == [
        ("cut", 2, 1000.0, 1000, 1000, 200.0, 0.69),
        ("solved", 12, 50.0, 50, 50, 10.0, 0.207),
        ("exception", 3, 50.0, 50, 50, 10.0, 0.052),
        ("wrong", 3, 50.0, 50, 50, 10.0, 0.052),
    ]


def test_cut_attempts_are_counted_with_p_without_them(tables: "Connection") -> None:
    assert answer(tables, "cut_attempts") == [("deduction", 20, 2, 0.1, 0.69, 1000.0, 50.0, 2, 0, 0.6, 0.667)]


def test_lengths_are_quantiles_of_all_attempts(tables: "Connection") -> None:
    assert answer(tables, "lengths_by_environment") == [("deduction", 20, 50, 1000, 1000, 1000, 50, 9, 9)]


def test_a_wrong_answer_that_attempts_agree_on_is_found(tables: "Connection") -> None:
    found = answer(tables, "agreed_wrong_answers", "problem_id agreeing graded_count share answer outputs")
    assert found == [("b1", 2, 4, 0.5, "7", "9")]


def test_a_kept_problem_costs_what_was_thrown_away_too(tables: "Connection") -> None:
    costs = answer(tables, "cost_of_a_kept_problem")
    assert costs[:6] == [
        ("deduction", "kept", 2, 2700, 0.383, 0.2, 1350.0, 0.1),
        ("deduction", "trivial", 2, 2700, 0.383, 0.2, 1350.0, 0.1),
        ("deduction", "unsolved", 1, 1350, 0.191, 0.1, 675.0, 0.05),
        ("deduction", "duplicate", 1, 150, 0.021, 0.02, 75.0, 0.01),
        ("deduction", "near_duplicate", 1, 150, 0.021, 0.02, 75.0, 0.01),
        ("deduction", "all", 7, 7050, 1.0, 0.54, 3525.0, 0.27),
    ]
    assert ("fuzzing", "no problem", 2, 300, 0.667, 0.04, None, None) in costs
    assert costs[-1] == ("all", "all", 12, 7800, 1.0, 0.64, 3900.0, 0.32)


def test_duplicates_are_counted_by_kind_and_by_where_their_partner_stands(tables: "Connection") -> None:
    columns = "kind environment duplicates within_the_run of_earlier_versions with_a_tier"
    assert answer(tables, "duplicates_by_kind", columns) == [
        ("duplicate", "deduction", 1, 0, 1, 1),
        ("duplicate", "induction", 1, 1, 0, 0),
        ("duplicate", "all", 2, 1, 1, 1),
        ("near_duplicate", "deduction", 1, 1, 0, 1),
        ("near_duplicate", "all", 1, 1, 0, 1),
    ]


def test_contamination_names_the_evaluation_problem(tables: "Connection") -> None:
    found = answer(tables, "contamination_by_benchmark_problem")
    assert found == [("HumanEval/7", 2, 1, 1, 1, "induction", "a contaminated")]


def test_versions_are_listed_with_what_made_them(tables: "Connection") -> None:
    columns = "version kind parent run_id problems more_problems easy medium hard attempts students"
    assert answer(tables, "versions", columns) == [
        (1, "nightly", None, "run-a", 4, None, 1, 1, 0, 16, "student"),
        (2, "nightly", 1, "run-b", 6, 2, 1, 1, 2, 24, "student"),
        (3, "regrade", 2, "regrade-1", 5, -1, 1, 0, 1, 20, "policy"),
    ]


def test_drift_is_told_by_environment_and_in_all(tables: "Connection") -> None:
    columns = "version environment problems share mean_p change_of_p easy_share trivial_share"
    drift = answer(tables, "drift_between_versions", columns)
    assert drift[1] == (1, "fuzzing", 1, 0.25, 0.75, None, 1.0, 0.0)
    assert drift[3] == (2, "deduction", 5, 0.833, 0.4, -0.1, 0.0, 0.2)
    assert drift[-2:] == [(3, "deduction", 5, 1.0, 0.6, 0.2, 0.2, 0.4), (3, "all", 5, 1.0, 0.6, 0.142, 0.2, 0.4)]


def test_students_are_followed_over_the_problems_of_every_version(tables: "Connection") -> None:
    assert answer(tables, "student_by_version", "version student problems graded mean_p easy medium trivial unsolved") == [
        (1, "student", 3, 12, 0.5, 0, 1, 1, 1), (2, "student", 3, 12, 0.5, 0, 1, 1, 1), (3, "policy", 3, 12, 0.917, 1, 0, 2, 0),
    ]  # fmt: skip


def test_a_regrade_is_compared_with_the_version_before_it(tables: "Connection") -> None:
    of_all = (5, 0.4, 0.6, 0.2, 1, 1, 3, 1, 0)
    assert answer(tables, "students_compared") == [
        (2, 3, "student low T=1.0", "policy low T=1.0", environment, *of_all) for environment in ("deduction", "all")
    ]


def test_any_two_versions_students_are_compared(tables: "Connection") -> None:
    compared = answer(tables, "students_compared", "from to problems mean_p_before mean_p_after", **{"from": "1", "to": "2"})
    assert compared == [(1, 2, 3, 0.5, 0.5), (1, 2, 1, 0.75, 0.75), (1, 2, 4, 0.563, 0.563)]


def test_a_diff_counts_what_was_dropped_moved_and_stayed(tables: "Connection") -> None:
    assert answer(tables, "version_diff", "change from_tier to_tier problems mean_change_of_p") == [
        ("dropped", "easy", None, 1, None),
        ("moved", "hard", "unsolved", 1, -0.25),
        ("moved", "medium", "easy", 1, 0.25),
        ("moved", "unsolved", "trivial", 1, 1.0),
        ("stayed", "hard", "hard", 1, 0.0),
        ("stayed", "trivial", "trivial", 1, 0.0),
    ]


def test_a_diff_of_two_named_versions_counts_what_was_added(tables: "Connection") -> None:
    counted = answer(tables, "version_diff", "from to change to_tier problems", **{"from": "1", "to": "2"})
    assert counted[0] == (1, 2, "added", "hard", 2)
    assert {row[2] for row in counted[1:]} == {"stayed"}


def test_the_first_versions_diff_is_all_that_it_holds(tables: "Connection") -> None:
    assert answer(tables, "version_diff", "from change problems", to="1") == [(None, "added", 1)] * 4


@pytest.mark.parametrize("question", ["version_diff", "version_diff_rows", "students_compared"])
def test_a_version_has_no_diff_from_a_later_one(tables: "Connection", question: str) -> None:
    assert answer(tables, question, **{"from": "3", "to": "2"}) == []


@pytest.mark.parametrize("named", [{"from": "9"}, {"to": "9"}])
@pytest.mark.parametrize("question", ["version_diff", "version_diff_rows", "students_compared"])
def test_a_version_that_is_not_kept_is_refused(tables: "Connection", question: str, named: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="=9 is no version that is kept; there are 1, 2, 3"):
        answer(tables, question, **named)


def test_a_diff_lists_its_problems(tables: "Connection") -> None:
    listed = answer(tables, "version_diff_rows")
    assert listed == [
        ("dropped", "a4", "fuzzing", "easy", None, 0.75, None, "run-a"),
        ("moved", "a2", "deduction", "medium", "easy", 0.5, 0.75, "run-a"),
        ("moved", "a3", "deduction", "unsolved", "trivial", 0.0, 1.0, "run-a"),
        ("moved", "b1", "deduction", "hard", "unsolved", 0.25, 0.0, "run-b"),
    ]
    assert answer(tables, "version_diff_rows", change="dropped") == listed[:1]


def test_straddling_problems_are_listed_widest_first(tables: "Connection") -> None:
    listed = answer(tables, "straddling_problems", "problem_id tier pass_count p_low p_high")
    assert sorted(listed) == [("a2", "easy", 3, 0.301, 0.954), ("b2", "hard", 1, 0.046, 0.699)]


def test_straddling_problems_are_counted_by_tier(tables: "Connection") -> None:
    assert answer(tables, "straddling_by_tier") == [
        ("deduction", "trivial", 2, 0, 0.0, 4.0, 0.49),
        ("deduction", "easy", 1, 1, 1.0, 4.0, 0.654),
        ("deduction", "hard", 1, 1, 1.0, 4.0, 0.654),
        ("deduction", "unsolved", 1, 0, 0.0, 4.0, 0.49),
    ]


def test_quarantined_rows_are_listed_by_table_and_expectation(tables: "Connection") -> None:
    of_attempts = ("attempts", "reward_is_0_or_1", "reward", "q1/c2/4/0", '{"reward": 7}')
    assert answer(tables, "quarantined_rows")[0] == of_attempts
    assert answer(tables, "quarantined_rows", table="attempts") == [of_attempts]
    assert answer(tables, "quarantined_rows", "row_id", expectation="p_is_a_share") == [("q1/c2/4",)]


def test_runs_are_listed_with_what_each_added(tables: "Connection") -> None:
    columns = "run_id version chains proposals problems kept mean_p easy hard tokens dollars dollars_per_kept"
    assert answer(tables, "runs", columns) == [
        ("run-a", 1, 2, 7, 3, 1, 0.917, 1, 0, 4650, 0.38, 0.38),
        ("run-b", 2, 2, 5, 2, 1, 0.125, 0, 1, 3150, 0.26, 0.26),
    ]


def test_gates_that_did_not_hold_come_first(tables: "Connection") -> None:
    assert answer(tables, "gates", "expectation ok checked unexpected seen") == [
        ("p_is_a_share", False, 7, 1, "2.0"), ("columns_are_declared", True, 0, 0, "45"),
    ]  # fmt: skip


def test_curricula_are_listed_with_their_sizes(tables: "Connection") -> None:
    assert answer(tables, "curricula", version="2") == [("medium-first", 2, "curricula/medium-first.parquet")]


def test_groups_with_equal_rewards_teach_nothing(tables: "Connection") -> None:
    signal = answer(tables, "training_signal", group="2")
    assert signal[:2] == [("deduction", "trivial", 2, 1.0, 0.0, 0.0), ("deduction", "easy", 1, 0.75, 0.375, 0.433)]
    assert answer(tables, "training_signal", "mixed_groups")[1] == (0.9,)


def test_pass_at_k_is_unbiased_and_over_problems_with_enough_attempts(tables: "Connection") -> None:
    assert answer(tables, "pass_at_k") == [("deduction", 1, 5, 0.6), ("deduction", 2, 5, 0.7), ("deduction", 4, 5, 0.8)]


def test_a_kept_problems_licence_is_that_of_its_seed(tables: "Connection") -> None:
    assert answer(tables, "licenses_of_kept") == [("not known", "corpus", 1, 2)]


def test_what_follows_a_rejection_is_of_the_same_chain(tables: "Connection") -> None:
    assert answer(tables, "after_a_rejection") == [("exception", 1, 1, 1, 0, 1.0), ("timeout", 1, 1, 0, 0, 0.0)]


def test_chains_are_counted_by_what_they_left(tables: "Connection") -> None:
    assert answer(tables, "kept_of_a_chain") == [("deduction", 1, 2, 1.0), ("fuzzing", 0, 1, 1.0), ("induction", 0, 1, 1.0)]


def test_a_seed_that_two_nights_drew_has_a_chain_in_each(tables: "Connection") -> None:
    assert answer(tables, "widest_chains", "run_id chain_id tiers") == [
        ("run-a", "c1", "trivial > easy > trivial"), ("run-b", "c1", "unsolved > hard"),
    ]  # fmt: skip
    told = answer(tables, "chain_story", "round outcome", chain="c1", run="run-b")
    assert told == [(0, "s1.py"), (1, "unsolved"), (2, "duplicate"), (3, "hard")]


def test_any_client_gets_the_same_answers_from_the_catalog_file(
    root: Path, tables: "Connection", monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    monkeypatch.chdir("/")
    with duckdb.connect(str(root / "catalog.duckdb"), read_only=True) as client:
        for name, question in questions().items():
            assert client.execute(question.sql).fetchall() == list(ask(tables, name).rows), name


def test_any_client_gives_parameters_as_variables(root: Path) -> None:
    import duckdb

    with duckdb.connect(str(root / "catalog.duckdb"), read_only=True) as client:
        client.execute('SET VARIABLE run = \'run-b\'; SET VARIABLE "from" = 1; SET VARIABLE "to" = 2')
        assert client.execute(questions()["yield_waterfall"].sql).fetchall()[-1][1] == 5
        assert client.execute(questions()["version_diff"].sql).fetchall()[0][:3] == (1, 2, "added")
