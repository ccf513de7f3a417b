"""Adoption: rows of files become problems of a draft that the gates let pass, once each."""

from pathlib import Path

import pytest

from expectations import Rules, check
from steppingstone import drafts
from steppingstone.dataset import combine
from steppingstone.environments import Real
from steppingstone.errors import BadInput
from steppingstone.real.adoption import Adopted, adopt
from steppingstone.real.checks import from_json
from steppingstone.records import Problem
from steppingstone.sandbox import Sandbox
from steppingstone.settings import RealSettings, Settings
from steppingstone.versions import publish
from tests.drafts import ATTEMPTS, ENVIRONMENTS, make_draft
from tests.real.problems import ASSERTS, HUMANEVAL, LCB_FUNCTIONAL, LCB_STDIN, STDIO, UNITTEST, Row, write

RULES = Rules(ATTEMPTS, ATTEMPTS, (*ENVIRONMENTS, Real.name))
BROKEN: Row = ASSERTS | {
    "problem_id": "MBPP/901",
    "statement": "Add three badly.",
    "solution": "def add_three(n):\n    return n",
}
ROWS = (ASSERTS, STDIO, BROKEN, UNITTEST, STDIO | {"problem_id": "TACO/again"}, STDIO | {"tests": []})


def settings(root: Path, *paths: str, **real: object) -> Settings:
    return Settings(data_root=str(root), real=RealSettings.model_validate({"paths": paths, **real}))


def draft_of(root: Path, run: str = "run-a") -> Path:
    return make_draft(root / "runs" / run / "draft")


def adopted(draft: Path, given: Settings, run: str = "run-a") -> Adopted:
    return adopt(draft, run, given, lambda _: None)


def real_rows(folder: Path, table: str) -> list[dict[str, object]]:
    whose = "kind" if table == "seeds" else "environment"
    return [row for row in drafts.read_table(folder, table).to_pylist() if row[whose] == "real"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with a draft into which the rows were adopted."""
    folder = tmp_path_factory.mktemp("data")
    result = adopted(draft_of(folder), settings(folder, write(folder / "solved.jsonl", *ROWS)))
    assert result == Adopted(problems=3, rejected=2, passed_over=1)
    return folder


@pytest.fixture
def draft(root: Path) -> Path:
    return root / "runs" / "run-a" / "draft"


def test_a_problem_is_ungraded_and_has_its_tests(draft: Path) -> None:
    first, second, third = real_rows(draft, "problems")
    assert [row["chain_number"] for row in (first, second, third)] == [10, 11, 13]
    assert first["code"] == ASSERTS["solution"]
    assert from_json(str(first["tests"])).code == tuple(ASSERTS["tests"])
    unattempted = {"tier": "ungraded", "pass_rate": None, "attempt_count": 0, "steer": "first", "round": 1, "inputs": []}
    for row in (first, second, third):
        assert unattempted.items() <= row.items()
    assert len({row["content_hash"] for row in (first, second, third)}) == 3


def test_a_problem_of_the_table_is_graded_as_it_stands_there(draft: Path, sandbox: Sandbox) -> None:
    row = real_rows(draft, "problems")[1]
    problem = Problem(*(str(row[name]) for name in ("problem_id", "environment", "code")), (), (), "", "", str(row["tests"]))
    right, wrong = Real().grade(problem, [f"```python\n{STDIO['solution']}\n```", "```python\nprint(1)\n```"], sandbox)
    assert (right.reward, wrong.reward) == (1, 0)


def test_each_row_has_a_seed_with_its_statement_and_licence(draft: Path) -> None:
    by_id = {row["seed_id"]: row for row in real_rows(draft, "seeds")}
    first = real_rows(draft, "problems")[0]
    seed = by_id[first["seed_id"]]
    assert (seed["text"], seed["license"], seed["origin"]) == (first["statement"], "CC-BY-4.0", "somewhere@1:MBPP/900")
    assert len(by_id) == 5


def test_what_is_turned_away_says_why(draft: Path) -> None:
    failed, unread = real_rows(draft, "rejections")
    assert (failed["stage"], failed["reason"], failed["reply"]) == ("generate", "reference_not_solved", BROKEN["solution"])
    assert (unread["reason"], unread["detail"]) == ("unreadable_row", "column 'tests' is no list of tests")
    assert "TACO/900" in str(unread["reply"])


@pytest.mark.parametrize("table", ["seeds", "problems", "attempts", "rejections"])
def test_the_gates_let_real_problems_pass(draft: Path, table: str) -> None:
    assert [outcome.name for outcome in check(draft, table, RULES).outcomes if not outcome.ok] == []


@pytest.mark.parametrize(
    ("changed", "gate"),
    [
        ({"tests": ""}, "a_real_problem_and_no_other_has_tests"),
        ({"attempt_count": 1}, "a_problem_was_attempted_as_often_as_asked"),
        ({"tier": "hard"}, "the_tier_is_that_of_p"),
    ],
)
def test_a_faulty_real_problem_is_found(draft: Path, tmp_path: Path, changed: Row, gate: str) -> None:
    rows = [row | changed if row["environment"] == "real" else row for row in drafts.read_table(draft, "problems").to_pylist()]
    faulty = make_draft(tmp_path, problems=rows, seeds=drafts.read_table(draft, "seeds").to_pylist())
    assert gate in [outcome.name for outcome in check(faulty, "problems", RULES).outcomes if not outcome.ok]


def test_rows_of_the_run_stay_as_they_were(draft: Path, tmp_path: Path) -> None:
    before = make_draft(tmp_path)
    for table in ("seeds", "problems", "rejections"):
        rows = drafts.read_table(before, table).to_pylist()
        assert drafts.read_table(draft, table).to_pylist()[: len(rows)] == rows


def test_adopted_again_a_draft_is_the_same(root: Path, draft: Path) -> None:
    before = {table: drafts.read_table(draft, table) for table in ("seeds", "problems", "rejections")}
    adopted(draft, settings(root, str(root / "solved.jsonl")))
    assert all(drafts.read_table(draft, table).equals(rows) for table, rows in before.items())
    assert sorted(path.name for path in draft.parent.iterdir()) == ["draft"]


def test_the_next_night_passes_over_what_is_published_and_what_was_dropped(tmp_path: Path) -> None:
    given = settings(tmp_path, write(tmp_path / "solved.jsonl", ASSERTS, STDIO, UNITTEST))
    draft = draft_of(tmp_path)
    assert adopted(draft, given).problems == 3
    dropped = real_rows(draft, "problems")[1]
    keep(draft, "problems", lambda row: row["problem_id"] != dropped["problem_id"])
    rejection = drafts.read_table(draft, "rejections").to_pylist()[0]
    lost = rejection | {"rejection_id": "d", "environment": "real", "problem_id": dropped["problem_id"]}
    drafts.write_rows(draft, "rejections", [*drafts.read_table(draft, "rejections").to_pylist(), lost])
    dataset = combine(draft, tmp_path)
    publish(tmp_path, dataset.folder, "run-a", {})
    write(tmp_path / "solved.jsonl", ASSERTS, STDIO, UNITTEST, STDIO | {"statement": "A new one."})
    assert adopted(draft_of(tmp_path, "run-b"), given, "run-b") == Adopted(problems=1, passed_over=3)


def keep(draft: Path, table: str, wanted: object) -> None:
    assert callable(wanted)
    drafts.write_rows(draft, table, filter(wanted, drafts.read_table(draft, table).to_pylist()))


def test_all_layouts_are_adopted_together_and_no_more_than_asked_for(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "a.jsonl", HUMANEVAL),
        write(tmp_path / "b.jsonl", LCB_STDIN, LCB_FUNCTIONAL),
        write(tmp_path / "c.jsonl", ASSERTS),
    ]
    draft = draft_of(tmp_path)
    assert adopted(draft, settings(tmp_path, *paths, count=3)) == Adopted(problems=3)
    assert [bool(row["code"]) for row in real_rows(draft, "problems")] == [True, False, False]


def test_how_far_it_is_is_told_after_each_row(tmp_path: Path) -> None:
    heard: list[Adopted] = []
    adopt(draft_of(tmp_path), "r", settings(tmp_path, write(tmp_path / "a.jsonl", ASSERTS, BROKEN)), heard.append)
    assert heard == [Adopted(problems=1), Adopted(problems=1, rejected=1)]


def test_a_file_that_is_gone_leaves_the_draft_as_it_was(tmp_path: Path) -> None:
    draft = draft_of(tmp_path)
    with pytest.raises(BadInput, match="no readable file"):
        adopted(draft, settings(tmp_path, str(tmp_path / "gone.jsonl")))
    assert real_rows(draft, "problems") == []
    assert sorted(path.name for path in draft.parent.iterdir()) == ["draft"]


def test_more_time_for_slow_references_than_for_others_is_demanded() -> None:
    with pytest.raises(ValueError, match=r"slow_seconds 1\.0 is less than seconds 2\.0"):
        RealSettings(seconds=2.0, slow_seconds=1.0)
