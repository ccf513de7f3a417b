"""Of problems that are the same the first stays, and the others become rejections that name it."""

from pathlib import Path

import pytest

from steppingstone import drafts
from steppingstone.behaviour import behaviour
from steppingstone.duplicates import Deduplicated, drop_duplicates
from steppingstone.duplicates.reading import of_latest
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.settings import DuplicateSettings
from steppingstone.sources import content_hash
from steppingstone.versions import publish
from tests.drafts import Row, attempts, make_draft, problems
from tests.duplicates.made import code

ALL = DuplicateSettings()


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
    assert drop_duplicates(twice, ALL) == Deduplicated(kept=40, dropped={"duplicate": 2})
    assert drafts.read_table(twice, "problems")["chain_id"].to_pylist() == [row["chain_id"] for row in problems()]


def test_a_dropped_problem_is_a_rejection_that_names_its_partner(twice: Path) -> None:
    drop_duplicates(twice, ALL)
    rows = drafts.read_table(twice, "rejections").to_pylist()
    found = {row["problem_id"]: (row["partner_id"], row["stage"], row["reason"]) for row in rows if row["problem_id"]}
    kept = [str(problems()[n]["problem_id"]) for n in (5, 7)]
    assert found == {key: (kept[n], "deduplicate", "duplicate") for n, key in enumerate(["renamed", kept[1]])}


def test_other_rejections_stay(twice: Path) -> None:
    drop_duplicates(twice, ALL)
    assert drafts.read_table(twice, "rejections")["stage"].to_pylist().count("generate") == 3


def test_a_rejection_keeps_what_the_duplicate_cost(twice: Path) -> None:
    drop_duplicates(twice, ALL)
    assert drafts.read_table(twice, "rejections")["prompt_tokens"].to_pylist()[-1] == 900


def test_the_attempts_at_a_duplicate_leave_with_it_and_the_others_keep_their_order(twice: Path) -> None:
    drop_duplicates(twice, ALL)
    keys = ["problem_id", "chain_id", "attempt"]
    assert drafts.read_table(twice, "attempts").select(keys).to_pylist() == [
        {key: row[key] for key in keys} for row in attempts(problems())
    ]


def test_the_same_program_in_another_environment_is_no_duplicate(tmp_path: Path) -> None:
    rows = problems()
    other = again(rows[5], problem_id="other", environment="fuzzing")
    assert drop_duplicates(make_draft(tmp_path, problems=[*rows, other]), ALL).dropped == {}


def test_done_again_nothing_changes(twice: Path) -> None:
    drop_duplicates(twice, ALL)
    before = drafts.read_table(twice, "rejections")
    assert drop_duplicates(twice, ALL) == Deduplicated(kept=40, dropped={})
    assert drafts.read_table(twice, "rejections").equals(before)


def test_killed_after_the_rejections_were_written_it_can_be_done_again(twice: Path, tmp_path: Path) -> None:
    untouched = drafts.read_table(twice, "problems")
    drop_duplicates(twice, ALL)
    drafts.write_batches(twice, "problems", untouched.to_batches())
    drop_duplicates(twice, ALL)
    assert drafts.count_rows(twice, "rejections") == 5
    assert drafts.count_rows(twice, "problems") == 40


def test_a_draft_without_problems_has_no_duplicates(tmp_path: Path) -> None:
    assert drop_duplicates(make_draft(tmp_path, problems=[], attempts=[]), ALL) == Deduplicated(kept=0, dropped={})


# Three that differ by a constant, and two other ways to say what the first does.
FIRST, EDITED, LAST = (code(0, 1, 2, 4, 6, 7, start=start) for start in (0, 1, 2))
OTHER_WORDS = (
    FIRST.replace("n = x + 0", "spare = [x, 0]\n    a, b = spare\n    n = a + b\n    spare.clear()"),
    FIRST.replace("n = x + 0", "n = 0\n    for sign in (1, 1, -1):\n        n += sign * x\n    if n == x:\n        n = x"),
)


def problem(number: int, written: str, sandbox: Sandbox, **changed: object) -> Row:
    """An induction problem of a chain of its own."""
    given = {"environment": "induction", "chain_id": f"chain-{number}", "chain_number": number, "round": 1}
    hashed = {"problem_id": f"p{number}", "content_hash": content_hash("induction", written, ("5", "7")), "inputs": ["5", "7"]}
    done = {"code": written, "behaviour": behaviour(written, ("f",), sandbox, Limits())}
    return problems()[0] | given | hashed | done | changed


def made(folder: Path, sandbox: Sandbox, *codes: str, **changed: object) -> Path:
    rows = [problem(number, written, sandbox, **changed) for number, written in enumerate(codes)]
    return make_draft(folder, problems=rows, attempts=attempts(rows))


def dropped(draft: Path) -> dict[str, tuple[object, ...]]:
    """Partner, reason and the partner's version by the problem that left."""
    rows = drafts.read_table(draft, "rejections").to_pylist()
    columns = ("partner_id", "reason", "partner_version")
    return {row["problem_id"]: tuple(row[name] for name in columns) for row in rows if row["stage"] == "deduplicate"}


def test_each_kind_is_named_with_its_partner_and_exact_comes_first(tmp_path: Path, sandbox: Sandbox) -> None:
    draft = made(tmp_path, sandbox, FIRST, FIRST.replace("first", "one"), EDITED, *OTHER_WORDS)
    assert drop_duplicates(draft, ALL) == Deduplicated(1, {"duplicate": 1, "near_duplicate": 1, "same_behaviour": 2})
    assert dropped(draft) == {
        "p1": ("p0", "duplicate", None),
        "p2": ("p0", "near_duplicate", None),
        "p3": ("p0", "same_behaviour", None),
        "p4": ("p0", "same_behaviour", None),
    }


def test_the_rejection_says_in_words_what_was_found_and_keeps_the_tier(tmp_path: Path, sandbox: Sandbox) -> None:
    draft = made(tmp_path, sandbox, FIRST, EDITED, OTHER_WORDS[0], tier="hard")
    drop_duplicates(draft, ALL)
    near, same = (row for row in drafts.read_table(draft, "rejections").sort_by("problem_id").to_pylist() if row["problem_id"])
    assert str(near["detail"]).startswith("alike by 0.9")
    assert str(near["detail"]).endswith("to round 1 of chain chain-0; this one was solved 7 of 8 times")
    assert str(same["detail"]).startswith("answers all inputs as does round 1 of chain chain-0; ")
    assert {near["tier"], same["tier"]} == {"hard"}


def test_a_behaviour_that_is_the_same_by_chance_drops_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    rare = FIRST.replace("return n", "return n if x != 4711 else 0\n    # never\n    pass\n    print(x, x, x, x)")
    rows = [problem(0, FIRST, sandbox), problem(1, rare, sandbox, inputs=["5", "4711"])]
    assert rows[0]["behaviour"] == rows[1]["behaviour"]
    draft = make_draft(tmp_path, problems=rows, attempts=attempts(rows))
    assert drop_duplicates(draft, DuplicateSettings(near=0.99)).dropped == {}


@pytest.fixture
def published(tmp_path: Path, sandbox: Sandbox) -> Path:
    """A data root with one version, of run a: FIRST."""
    publish(tmp_path / "data", made(tmp_path / "a", sandbox, FIRST, run_id="run-a"), "run-a", {})
    return tmp_path / "data"


def test_what_was_published_comes_first_and_the_rejection_names_the_version(
    tmp_path: Path, sandbox: Sandbox, published: Path
) -> None:
    draft = made(tmp_path / "b", sandbox, FIRST, EDITED, OTHER_WORDS[0], code(3, 5, 0, 5), run_id="run-b", round=2)
    assert drop_duplicates(draft, ALL, published).kept == 1
    assert dropped(draft) == {
        "p0": ("p0", "duplicate", 1),
        "p1": ("p0", "near_duplicate", 1),
        "p2": ("p0", "same_behaviour", 1),
    }
    told = drafts.read_table(draft, "rejections")["detail"].to_pylist()
    assert any("the same as round 1 of chain chain-0 in version 1;" in detail for detail in told)


def test_a_chain_that_was_run_again_leaves_without_a_rejection(tmp_path: Path, sandbox: Sandbox, published: Path) -> None:
    draft = made(tmp_path / "b", sandbox, FIRST, EDITED, run_id="run-b")
    assert drop_duplicates(draft, ALL, published) == Deduplicated(0, {"duplicate": 1, "near_duplicate": 1}, again=1)
    assert set(dropped(draft)) == {"p1"}


def test_a_copy_of_a_published_problem_names_it_though_another_one_is_nearly_the_same(tmp_path: Path, sandbox: Sandbox) -> None:
    publish(tmp_path / "data", made(tmp_path / "a", sandbox, FIRST, EDITED, run_id="run-a"), "run-a", {})
    draft = made(tmp_path / "b", sandbox, EDITED, run_id="run-b", round=2)
    drop_duplicates(draft, ALL, tmp_path / "data")
    assert dropped(draft) == {"p0": ("p1", "duplicate", 1)}


def test_a_data_root_without_versions_has_nothing_to_be_compared_with(tmp_path: Path, sandbox: Sandbox) -> None:
    assert drop_duplicates(made(tmp_path / "a", sandbox, FIRST), ALL, tmp_path / "data") == Deduplicated(1, {})
    assert list(of_latest(tmp_path / "data", "induction")) == []


@pytest.mark.parametrize("written", [("rejections",), ("rejections", "attempts")])
def test_killed_between_its_tables_it_can_be_done_again_for_every_kind(
    tmp_path: Path, sandbox: Sandbox, published: Path, written: tuple[str, ...]
) -> None:
    codes = (EDITED, FIRST.replace("first", "one"), *OTHER_WORDS, code(3, 5, 0, 5), code(3, 5, 0, 5))
    killed, whole = (made(tmp_path / name, sandbox, *codes, run_id="run-b") for name in ("killed", "whole"))
    drop_duplicates(whole, ALL, published)
    for table in written:
        drafts.write_batches(killed, table, drafts.read_table(whole, table).to_batches())
    assert drop_duplicates(killed, ALL, published).kept == 1
    for table in ("problems", "attempts", "rejections"):
        assert drafts.read_table(killed, table).equals(drafts.read_table(whole, table))


def test_a_real_problem_is_told_apart_by_what_it_asks(tmp_path: Path, sandbox: Sandbox) -> None:
    told = ("Return the sum of all items.", "Count the vowels of one word.", "Return the longest word of one text.")
    rows = [
        problem(number, "def f(x):\n    return x", sandbox, environment="real", tests="[]", behaviour="", statement=statement)
        | {"content_hash": str(number)}
        for number, statement in enumerate(told)
    ]
    again = rows[2] | {"problem_id": "again", "chain_number": 9, "content_hash": "9", "statement": f"{told[2].upper()}\n"}
    draft = make_draft(tmp_path, problems=[*rows, again], attempts=[])
    drop_duplicates(draft, ALL)
    assert dropped(draft) == {"again": ("p2", "near_duplicate", None)}
