"""Questions: each runs on a small dataset, and the numbers are right."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sql import Answer, ask, questions
from steppingstone.catalog import open_catalog
from steppingstone.drafts import write_rows
from steppingstone.duplicates import drop_duplicates
from steppingstone.errors import BadInput
from steppingstone.settings import DuplicateSettings
from steppingstone.tiers import write_tiers
from steppingstone.versions import publish
from tests.drafts import Row, attempts, make_draft, problems

if TYPE_CHECKING:
    from steppingstone.drafts import Connection


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Connection]":
    """The factory's draft and one duplicate in round 6, dropped, as a data root's only version."""
    late = problems()[5] | {"chain_id": "chain-late", "round": 6, "problem_id": "late"}
    rows, root = [*problems(), late], tmp_path_factory.mktemp("data")
    draft = make_draft(root / "draft", problems=rows, attempts=attempts(rows))
    drop_duplicates(draft, DuplicateSettings())
    write_tiers(draft, {})
    publish(root, draft, "run-a", {})
    with open_catalog(root) as opened:
        yield opened


def rows_of(answer: Answer) -> list[Row]:
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def costs(tables: "Connection") -> list[Row]:
    return rows_of(ask(tables, "cost_by_environment_and_round"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Connection]":
    """A version whose tables have no rows."""
    root = tmp_path_factory.mktemp("empty")
    write_rows(root / "draft", "problems", [])
    publish(root, root / "draft", "run-a", {})
    with open_catalog(root) as opened:
        yield opened


@pytest.mark.parametrize("name", questions())
def test_a_question_runs(tables: "Connection", name: str) -> None:
    assert ask(tables, name).columns


@pytest.mark.parametrize("name", sorted(set(questions()) - {"versions"}))
def test_a_question_runs_on_a_dataset_without_rows(empty: "Connection", name: str) -> None:
    assert ask(empty, name).rows == ()


@pytest.mark.parametrize("name", questions())
def test_a_file_opens_with_its_question_and_the_parameters_that_it_takes(name: str) -> None:
    asks, _, takes = questions()[name].asks.partition("?")
    assert asks
    assert set(re.findall(r"(\w+)=", takes)) == questions()[name].parameters


@pytest.mark.parametrize("name", questions())
def test_a_file_is_one_plain_statement_for_any_client(tables: "Connection", name: str) -> None:
    assert len(tables.extract_statements(questions()[name].sql)) == 1


def test_yield_counts_what_was_proposed_valid_and_kept(tables: "Connection") -> None:
    third, sixth = rows_of(ask(tables, "yield_by_round"))[2::2]
    assert third == {"round": 3, "proposals": 12, "valid": 10, "new": 10, "kept": 8, "kept_share": 0.667}
    assert (sixth["proposals"], sixth["valid"], sixth["new"]) == (1, 1, 0)


def test_tiers_are_counted_by_environment(tables: "Connection") -> None:
    fuzzing = rows_of(ask(tables, "tier_by_environment"))[2]
    tiers = ("easy", "medium", "hard", "trivial", "unsolved", "problems")
    assert [fuzzing[tier] for tier in tiers] == [1, 3, 1, 1, 2, 8]


def test_p_before_a_steer_is_the_parents(tables: "Connection") -> None:
    (easier,) = [
        row
        for row in rows_of(ask(tables, "p_before_and_after_steer"))
        if row["environment"] == "fuzzing" and row["steer"] == "easier"
    ]
    assert easier == {
        "environment": "fuzzing", "steer": "easier", "problems": 2,
        "mean_p_before": 0.0, "mean_p_after": 0.5, "mean_change": 0.5,
    }  # fmt: skip


def test_rejections_are_counted_by_stage_and_reason(tables: "Connection") -> None:
    found = [(row["stage"], row["reason"], row["rejections"]) for row in rows_of(ask(tables, "rejections_by_reason"))]
    assert found == [("generate", "timeout", 2), ("deduplicate", "duplicate", 1), ("generate", "exception", 1)]


def test_what_was_thrown_away_costs_too(tables: "Connection") -> None:
    (deduction,) = [row for row in costs(tables) if (row["environment"], row["round"]) == ("deduction", "all")]
    assert deduction == {
        "environment": "deduction", "round": "all", "kept": 9,
        "prompt": 12 * 900 + 2 * 100 + 900, "cached": 12 * 90 + 2 * 10 + 90,
        "completion": 12 * 450 + 2 * 50 + 450, "reasoning": 12 * 90 + 2 * 10 + 90, "dollars": 1.34,
        "tokens_per_kept": round((12 * 1350 + 2 * 150 + 1350) / 9, 1), "dollars_per_kept": round(1.34 / 9, 6),
    }  # fmt: skip


def test_a_round_that_kept_no_problem_has_no_cost_of_each(tables: "Connection") -> None:
    (late,) = [row for row in costs(tables) if row["round"] == "6"]
    assert (late["kept"], late["dollars"], late["tokens_per_kept"], late["dollars_per_kept"]) == (0, 0.1, None, None)


@pytest.mark.parametrize("column", ["kept", "prompt", "cached", "completion", "reasoning", "dollars"])
def test_the_costs_of_rounds_add_up_to_their_totals(tables: "Connection", column: str) -> None:
    rows = costs(tables)
    spent = [(row["environment"], row["round"], float(str(row[column]))) for row in rows]
    everything = spent[-1]
    assert everything[:2] == ("all", "all")
    assert sum(amount for _, round_, amount in spent if round_ != "all") == pytest.approx(everything[2])
    assert sum(amount for _, round_, amount in spent[:-1] if round_ == "all") == pytest.approx(everything[2])


def test_verdicts_are_counted_by_environment(tables: "Connection") -> None:
    solved = {
        row["environment"]: row["attempts"] for row in rows_of(ask(tables, "attempts_by_verdict")) if row["verdict"] == "solved"
    }
    assert solved == {"abduction": 48, "deduction": 42, "fuzzing": 27, "induction": 33}


def test_a_chain_is_told_in_order_with_its_rejections(tables: "Connection") -> None:
    story = rows_of(ask(tables, "chain_story", {"chain": "chain-1"}))
    assert [(row["round"], row["outcome"]) for row in story] == [
        (0, "a.py:1"), (1, "unsolved"), (2, "medium"), (3, "timeout"), (3, "exception"), (3, "easy"), (4, "hard"),
    ]  # fmt: skip


def test_without_a_name_the_widest_chain_is_told_also_after_another_was(tables: "Connection") -> None:
    ask(tables, "chain_story", {"chain": "chain-1"})
    assert rows_of(ask(tables, "chain_story"))[0]["chain_id"] == "chain-2"


def test_the_number_of_rows_is_a_parameter(tables: "Connection") -> None:
    assert len(ask(tables, "widest_chains", {"top": "3"}).rows) == 3


def test_a_query_of_ones_own_is_answered(tables: "Connection") -> None:
    assert ask(tables, "SELECT count(*) AS n FROM problems") == Answer(("n",), ((40,),))


@pytest.mark.parametrize(
    ("question", "parameters", "says"),
    [
        ("yeild_by_round", {}, "no question is called 'yeild_by_round'"),
        ("widest_chains", {"topp": "3"}, "takes no parameter topp; it takes top"),
        ("version_diff", {"from": "9"}, "from=9 is no version that is kept; there are 1"),
        ("version_diff", {"to": "x"}, "to=x is no version that is kept; there are 1"),
        ("SELECT colour FROM problems", {}, "colour"),
    ],
)
def test_what_cannot_be_asked_says_why(tables: "Connection", question: str, parameters: dict[str, str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        ask(tables, question, parameters)
