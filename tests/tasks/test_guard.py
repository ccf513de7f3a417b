"""Guard: what is published as a whole is held to its suites, and against the last version."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from prefect.logging import disable_run_logger

from expectations import Rules
from steppingstone import drafts
from steppingstone.curricula import write_curricula
from steppingstone.errors import GateFailed
from steppingstone.settings import CURRICULA
from steppingstone.tables import TABLES
from steppingstone.tiers import write_tiers
from steppingstone.versions import publish
from tasks.guard import guard
from tasks.validate import Held
from tests.drafts import ATTEMPTS, Row, attempts, make_draft, problems

RULES = Rules(99, 99)
"""Of a run with other settings than those that the rows were made under."""


@pytest.fixture(autouse=True, scope="module")
def _outside_of_a_flow() -> Iterator[None]:
    with disable_run_logger():
        yield


def dataset(folder: Path, rows: list[Row] | None = None, **changed: list[Row]) -> str:
    """A dataset of the factory's problems, or of those that are given, with their attempts and tiers."""
    rows = problems() if rows is None else rows
    made = make_draft(folder, **{"problems": rows, "attempts": attempts(rows), **changed})
    write_tiers(made, {})
    return str(made)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data root in which the factory's dataset is published."""
    root = tmp_path_factory.mktemp("data")
    publish(root, dataset(root / "runs" / "run-a" / "dataset"), "run-a", {})
    return str(root)


def next_run(count: int, chains: int, tier: str) -> list[Row]:
    """Problems of a second run, so many of each of its chains, all of one tier."""
    plain = next(row for row in problems() if row["tier"] == tier and row["round"] == 1)
    return [
        plain | {"run_id": "run-b", "problem_id": f"b-{tier}-{chain}-{n}", "chain_id": f"b-{tier}-{chain}", "round": n + 1}
        for chain in range(chains)
        for n in range(count)
    ]


def of(held: tuple[Held, ...], suite: str) -> list[Held]:
    return [each for each in held if each.suite == suite]


def test_the_first_dataset_is_held_to_all_suites_and_to_no_version(tmp_path: Path) -> None:
    made = dataset(tmp_path / "dataset")
    write_curricula(made, CURRICULA, random_seed=0)
    held = guard.fn(made, RULES, str(tmp_path))
    assert all(each.ok for each in held)
    assert {each.scope for each in held} == {"dataset"}
    assert {each.table for each in held} == {*TABLES, *(f"curriculum_{name}" for name in CURRICULA)}


def test_a_dataset_that_adds_to_the_last_version_passes(root: str, tmp_path: Path) -> None:
    held = guard.fn(dataset(tmp_path, [*problems(), *next_run(3, 2, "medium")]), RULES, root)
    assert all(each.ok for each in held)
    (told,) = of(held, "growth")
    assert told.checked == 8
    assert "problems: 46, at least 40" in told.seen


def test_a_row_that_fails_stops(tmp_path: Path) -> None:
    rows = problems()
    made = dataset(tmp_path, rows, attempts=attempts(rows)[1:])
    with pytest.raises(GateFailed, match=r"problems: every_attempt_stands_in_the_attempts_table .*1 of 40 rows fail"):
        guard.fn(made, RULES, str(tmp_path))
    assert drafts.count_rows(made, "problems") == 40


def test_a_table_with_fewer_rows_than_in_the_last_version_stops(root: str, tmp_path: Path) -> None:
    with pytest.raises(GateFailed, match=r"the_table_is_not_smaller_than_in_the_last_version .*rejections: 0, at least 3\n"):
        guard.fn(dataset(tmp_path, rejections=[]), RULES, root)


def test_how_many_rows_may_be_missing_is_a_rule(root: str, tmp_path: Path) -> None:
    rows = problems()[:36]
    with pytest.raises(GateFailed, match=r"problems: 36, at least 40;"):
        guard.fn(dataset(tmp_path / "a", rows), RULES, root)
    tolerant = Rules(ATTEMPTS, ATTEMPTS, rows_lost=0.2)
    assert all(each.ok for each in guard.fn(dataset(tmp_path / "b", rows), tolerant, root))


def test_problems_that_were_graded_again_may_change_their_tiers(root: str, tmp_path: Path) -> None:
    made = dataset(tmp_path)
    again = [row for row in problems() if row["tier"] != "hard"]
    solved = next(row for row in problems() if row["tier"] == "trivial")
    told = {name: solved[name] for name in solved if name.startswith(("pass_", "graded_", "tier", "straddles"))}
    rows = [*again, *(row | told for row in problems() if row["tier"] == "hard")]
    drafts.write_rows(made, "problems", rows)
    drafts.write_rows(made, "attempts", attempts(rows))
    drafts.write_rows(made, "hard", [])
    assert all(each.ok for each in guard.fn(made, RULES, root, kind="regrade"))
    with pytest.raises(GateFailed, match=r"hard: 0, at least"):
        guard.fn(made, RULES, root)


def test_a_run_that_keeps_far_less_a_chain_than_the_last_one_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = [row | {"run_id": "run-a"} for row in next_run(2, 30, "medium")]
    publish(tmp_path, dataset(tmp_path / "first", first, rejections=[]), "run-a", {})
    second = [*next_run(1, 29, "hard"), *next_run(1, 31, "unsolved")]
    made = dataset(tmp_path / "second", [*first, *second], rejections=[])
    (told,) = of(guard.fn(made, RULES, str(tmp_path)), "yield")
    assert (told.level, told.ok, told.seen) == ("warning", False, "run-b: 29, at least 60")
    assert "a_run_does_not_keep_far_less_a_chain_than_the_last_ones: run-b: 29, at least 60" in " ".join(
        capsys.readouterr().err.split()
    )


def test_a_few_chains_tell_nothing_of_a_runs_yield(root: str, tmp_path: Path) -> None:
    (told,) = of(guard.fn(dataset(tmp_path, [*problems(), *next_run(1, 29, "unsolved")]), RULES, root), "yield")
    assert told.ok


def test_a_curriculum_that_is_wrong_stops(tmp_path: Path) -> None:
    made = dataset(tmp_path)
    (tmp_path / "curricula").mkdir()
    row = problems()[3] | {"curriculum_rank": 1, "stage": 0, "sampling_weight": 1.0}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "curricula" / "uniform.parquet")
    with pytest.raises(GateFailed, match="curriculum_uniform: ranks_count_from_zero_in_order"):
        guard.fn(made, RULES, str(tmp_path))
