"""Problems that hold an evaluation problem leave a draft with their attempts, and become rejections that name it."""

from pathlib import Path

import pytest

from steppingstone import drafts
from steppingstone.contamination import Decontaminated, EvaluationIndex, drop_contaminated
from steppingstone.contamination.layouts import EvaluationProblem
from tests.contamination.test_index import PROMPT, SOLUTION, STATEMENT
from tests.drafts import Row, attempts, make_draft, problems

KNOWN = EvaluationIndex(
    [EvaluationProblem("HumanEval/901", PROMPT, PROMPT + SOLUTION), EvaluationProblem("MBPP/902", STATEMENT, "")]
)
IN = {3: {"code": f"def f(heights, slack):\n{SOLUTION}"}, 8: {"statement": STATEMENT}, 21: {"inputs": ["1", repr(STATEMENT)]}}
"""Which problems of a draft hold one, and where."""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    rows = [row | IN.get(place, {}) for place, row in enumerate(problems())]
    return make_draft(tmp_path, problems=rows, attempts=attempts(rows))


def left(draft: Path) -> list[Row]:
    return [row for row in drafts.read_table(draft, "rejections").to_pylist() if row["stage"] == "decontaminate"]


def test_what_holds_an_evaluation_problem_leaves_and_the_others_stay_as_they_were(draft: Path) -> None:
    before = drafts.read_table(draft, "problems").to_pylist()
    assert drop_contaminated(draft, KNOWN) == Decontaminated(kept=37, dropped=3)
    stays = [row for place, row in enumerate(before) if place not in IN]
    assert drafts.read_table(draft, "problems").to_pylist() == stays


def test_the_attempts_leave_with_their_problems(draft: Path) -> None:
    drop_contaminated(draft, KNOWN)
    stays = [row for place, row in enumerate(problems()) if place not in IN]
    keys = ["problem_id", "chain_id", "round", "attempt"]
    assert drafts.read_table(draft, "attempts").select(keys).to_pylist() == [
        {key: row[key] for key in keys} for row in attempts(stays)
    ]


def test_a_rejection_names_the_evaluation_problem_how_it_was_found_and_what_was_lost(draft: Path) -> None:
    drop_contaminated(draft, KNOWN)
    lost = {row["problem_id"]: row for row in left(draft)}
    rows = problems()
    assert {problem: row["partner_id"] for problem, row in lost.items()} == {
        rows[3]["problem_id"]: "HumanEval/901",
        rows[8]["problem_id"]: "MBPP/902",
        rows[21]["problem_id"]: "MBPP/902",
    }
    row = lost[rows[8]["problem_id"]]
    assert (row["reason"], row["tier"], row["prompt_tokens"]) == ("contaminated", rows[8]["tier"], 900)
    assert row["detail"] == "holds MBPP/902: 13 of the 13 sequences of 8 words"


def test_other_rejections_stay(draft: Path) -> None:
    drop_contaminated(draft, KNOWN)
    assert drafts.read_table(draft, "rejections")["stage"].to_pylist().count("generate") == 3


def test_done_again_nothing_changes(draft: Path) -> None:
    drop_contaminated(draft, KNOWN)
    before = drafts.read_table(draft, "rejections")
    assert drop_contaminated(draft, KNOWN) == Decontaminated(kept=37, dropped=0)
    assert drafts.read_table(draft, "rejections").equals(before)


@pytest.mark.parametrize("rewritten", [0, 1, 2])
def test_killed_after_so_many_tables_it_can_be_done_again(draft: Path, monkeypatch: pytest.MonkeyPatch, rewritten: int) -> None:
    rewrite, left_to_do = drafts.rewrite, iter(range(rewritten))

    def killed(*arguments: object) -> int:
        if next(left_to_do, None) is None:
            raise KeyboardInterrupt
        return rewrite(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(drafts, "rewrite", killed)
    with pytest.raises(KeyboardInterrupt):
        drop_contaminated(draft, KNOWN)
    monkeypatch.undo()
    drop_contaminated(draft, KNOWN)
    assert [drafts.count_rows(draft, table) for table in ("problems", "attempts", "rejections")] == [37, 37 * 8, 6]
    assert len(left(draft)) == 3


def test_without_evaluation_sets_all_stays(draft: Path) -> None:
    assert drop_contaminated(draft, EvaluationIndex()) == Decontaminated(kept=40, dropped=0)
