"""Curricula: which problems, in what order, with what weights, and what is said where there are too few."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from steppingstone import curricula, drafts
from steppingstone.curricula import Arranged, Shortage, write_curricula
from steppingstone.errors import BadInput
from steppingstone.settings import CURRICULA, CurriculumKind, CurriculumSettings, Settings, TargetSettings
from steppingstone.tables import CURRICULUM
from steppingstone.tiers import write_tiers
from tests.drafts import Row, make_draft, problems

CHAINS, STONES = 40, ("easy", "medium", "hard")
P = {"easy": 0.75, "medium": 0.5, "hard": 0.25}
FOUR = ("abduction", "deduction", "fuzzing", "induction")
FIRST = {"easy-to-hard": "easy", "medium-first": "medium", "hard-first": "hard"}


def synthetic() -> list[Row]:
    """Forty chains of an easy, a medium and a hard problem, ten in each environment, and forty of one hard problem each."""
    full = [_stone(chain, round_, tier) for chain in range(CHAINS) for round_, tier in enumerate(STONES, 1)]
    return full + [_stone(CHAINS + chain, 1, "hard") for chain in range(CHAINS)]


def _stone(chain: int, round_: int, tier: str) -> Row:
    named = {"problem_id": f"p-{chain}-{round_}", "chain_id": f"c-{chain}", "chain_number": chain, "round": round_}
    return problems()[0] | named | {"environment": FOUR[chain % 4], "tier": tier, "pass_rate": P[tier]}


def real(count: int) -> list[Row]:
    """Real problems that no student has attempted."""
    none: Row = {"tier": "ungraded", "pass_rate": None, "environment": "real", "attempt_count": 0}
    return [problems()[0] | none | {"problem_id": f"real-{n}", "chain_id": f"real-{n}"} for n in range(count)]


def make_dataset(folder: Path, reals: int = 0) -> Path:
    write_tiers(make_draft(folder, problems=synthetic() + real(reals), attempts=[], rejections=[]), {})
    return folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("data") / "dataset", reals=50)


def budgets(**totals: int) -> dict[str, TargetSettings]:
    return {part: TargetSettings(total=total) for part, total in totals.items()}


def written(dataset: Path, seed: int = 0, **wanted: Any) -> tuple[list[dict[str, Any]], Arranged]:
    """A curriculum's rows, and what is told of it."""
    (arranged,) = write_curricula(dataset, {"c": CurriculumSettings(**wanted)}, seed)
    return rows(dataset, "c"), arranged


def with_control(dataset: Path, **wanted: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Arranged]:
    """A curriculum's rows, its control's, and what is told of the control."""
    _, control = write_curricula(dataset, {"c": CurriculumSettings(control=True, **wanted)}, 0)
    return rows(dataset, "c"), rows(dataset, "c_control"), control


def rows(dataset: Path, name: str) -> list[dict[str, Any]]:
    return list(pq.read_table(curricula.files(dataset)[name]).to_pylist())


def ids(of: list[dict[str, Any]]) -> list[str]:
    return [row["problem_id"] for row in of]


def count(of: list[dict[str, Any]], column: str) -> dict[Any, int]:
    return dict(Counter(row[column] for row in of))


def test_a_plain_run_writes_one_of_each_kind(dataset: Path) -> None:
    arranged = write_curricula(dataset, Settings().curricula, 0)
    assert {each.kind for each in arranged} == {wanted.kind for wanted in CURRICULA.values()}
    assert set(curricula.files(dataset)) == set(CURRICULA)
    assert len(CURRICULA) == 6
    assert {each.name: each.rows for each in arranged} == {
        "easy_to_hard": 160,
        "medium_first": 160,
        "hard_first": 160,
        "medium_only": 40,
        "uniform": 160,
        "stepping_stones": 120,
    }


@pytest.mark.parametrize("name", CURRICULA)
def test_ranks_count_the_rows_and_stages_never_fall(dataset: Path, name: str) -> None:
    write_curricula(dataset, CURRICULA, 0)
    found = rows(dataset, name)
    stages = [row["stage"] for row in found]
    assert [row["curriculum_rank"] for row in found] == list(range(len(found)))
    assert stages == sorted(stages)
    assert set(stages) == set(range(max(stages) + 1))
    assert len(set(ids(found))) == len(found)
    assert {row["sampling_weight"] for row in found} == {1.0}


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        ("easy-to-hard", ["easy", "medium", "hard"]),
        ("medium-first", ["medium", "hard", "easy"]),
        ("hard-first", ["hard", "medium", "easy"]),
        ("medium-only", ["medium"]),
    ],
)
def test_a_kind_by_tiers_has_a_tier_a_stage(dataset: Path, kind: CurriculumKind, order: list[str]) -> None:
    found, arranged = written(dataset, kind=kind)
    assert {row["stage"]: row["tier"] for row in found} == dict(enumerate(order))
    assert arranged.stages == tuple({"easy": 40, "medium": 40, "hard": 80}[tier] for tier in order)


def test_uniform_is_one_stage_in_which_all_tiers_and_environments_are_mixed(dataset: Path) -> None:
    found, _ = written(dataset, kind="uniform")
    assert count(found, "stage") == {0: 160}
    for column in ("tier", "environment"):
        assert count(found[:80], column).keys() == count(found, column).keys()
        assert max(count(found[:80], column).values()) < 60
    assert ids(found) != sorted(ids(found))


def test_stepping_stones_go_from_a_chains_easiest_to_its_hardest_a_stage_each(dataset: Path) -> None:
    found, _ = written(dataset, kind="stepping-stones")
    for chain in {row["chain_id"] for row in found}:
        assert [(row["stage"], row["tier"]) for row in found if row["chain_id"] == chain] == list(enumerate(STONES))


def test_chains_of_stepping_stones_come_in_one_order_in_all_stages(dataset: Path) -> None:
    found, _ = written(dataset, kind="stepping-stones")
    orders = [[row["chain_id"] for row in found if row["stage"] == stage] for stage in range(3)]
    assert orders[0] == orders[1] == orders[2] != sorted(orders[0])


def test_a_chain_of_one_problem_is_no_stepping_stone(dataset: Path) -> None:
    found, _ = written(dataset, kind="stepping-stones")
    assert {int(row["chain_id"].removeprefix("c-")) for row in found} == set(range(CHAINS))


def test_a_budget_of_stepping_stones_is_filled_with_whole_chains_but_for_the_last(dataset: Path) -> None:
    found, _ = written(dataset, kind="stepping-stones", budgets=budgets(induction=7))
    assert sorted(count(found, "chain_id").values()) == [1, 3, 3]


def test_the_same_seed_gives_the_same_order_and_another_seed_another(dataset: Path) -> None:
    first, again, other = (ids(written(dataset, seed, kind="medium-first")[0]) for seed in (0, 0, 1))
    assert first == again != other
    assert sorted(first) == sorted(other)


def test_the_order_does_not_hang_on_that_of_the_tables(dataset: Path, tmp_path: Path) -> None:
    turned = make_draft(tmp_path / "turned", problems=synthetic()[::-1], attempts=[], rejections=[])
    write_tiers(turned, {})
    assert ids(written(turned, kind="hard-first")[0]) == ids(written(dataset, kind="hard-first")[0])


def test_four_environments_have_their_budgets_each(dataset: Path) -> None:
    found, arranged = written(dataset, budgets=budgets(**dict.fromkeys(FOUR, 20)))
    assert count(found, "environment") == dict.fromkeys(FOUR, 20)
    assert arranged.shortages == ()


def test_environments_without_a_budget_are_left_out(dataset: Path) -> None:
    assert count(written(dataset, budgets=budgets(induction=40))[0], "environment") == {"induction": 40}


def test_budgets_go_by_tier_too(dataset: Path) -> None:
    wanted = {"induction": TargetSettings(easy=2, medium=5, hard=3), "synthetic": TargetSettings(easy=9, medium=8, hard=7)}
    assert count(written(dataset, budgets={"induction": wanted["induction"]})[0], "tier") == {"easy": 2, "medium": 5, "hard": 3}
    assert count(written(dataset, budgets={"synthetic": wanted["synthetic"]})[0], "tier") == {"easy": 9, "medium": 8, "hard": 7}


def test_a_total_is_filled_from_tiers_with_a_budget_of_their_own_first(dataset: Path) -> None:
    found, _ = written(dataset, budgets={"induction": TargetSettings(medium=10, total=12)})
    assert count(found, "tier")["medium"] == 10
    assert len(found) == 12


@pytest.mark.parametrize("kind", FIRST)
def test_kinds_with_the_same_budgets_hold_the_same_problems(dataset: Path, kind: CurriculumKind) -> None:
    alike = budgets(induction=15, fuzzing=9)
    ordered, uniform = (written(dataset, kind=each, budgets=alike)[0] for each in (kind, "uniform"))
    assert sorted(ids(ordered)) == sorted(ids(uniform))
    assert ordered[0]["tier"] == FIRST[kind]


def test_a_shortage_is_told_and_nothing_fills_it(dataset: Path) -> None:
    wanted = {"induction": TargetSettings(easy=12, medium=3, total=100), "deduction": TargetSettings(total=5)}
    found, arranged = written(dataset, budgets=wanted)
    assert count(found, "environment") == {"induction": 33, "deduction": 5}
    assert arranged.shortages == (Shortage("induction", "easy", 12, 10), Shortage("induction", "total", 100, 33))
    assert str(arranged.shortages[0]) == "12 easy problems of induction wanted, 10 there"


def test_the_file_itself_tells_what_it_holds_and_is_short_of(dataset: Path) -> None:
    _, arranged = written(dataset, kind="hard-first", budgets=budgets(induction=100))
    assert arranged == Arranged("c", "hard-first", None, 0, 40, (20, 10, 10), (Shortage("induction", "total", 100, 40),))
    assert curricula.told_of(curricula.files(dataset)["c"]) == arranged


def test_what_is_no_curriculum_is_refused(dataset: Path) -> None:
    with pytest.raises(BadInput, match=r"easy\.parquet is no curriculum of ours"):
        curricula.told_of(drafts.table_path(dataset, "easy"))


def test_a_mix_gives_real_and_synthetic_problems_equal_shares_of_the_draws(dataset: Path) -> None:
    found, _ = written(dataset, budgets=budgets(real=25, synthetic=20))
    weights = Counter[bool]()
    for row in found:
        weights[row["environment"] == "real"] += row["sampling_weight"]
    assert len(found) == 45
    assert weights == pytest.approx({True: 22.5, False: 22.5})
    assert set(count(found, "sampling_weight")) == {0.9, 1.125}


def test_synthetic_problems_of_a_mix_may_have_budgets_by_environment(dataset: Path) -> None:
    found, _ = written(dataset, budgets=budgets(real=25, **dict.fromkeys(FOUR, 5)))
    assert count(found, "environment") == {"real": 25} | dict.fromkeys(FOUR, 5)
    assert sum(row["sampling_weight"] for row in found if row["environment"] != "real") == pytest.approx(22.5)


def test_a_mix_without_any_real_problems_says_so_and_draws_each_once(tmp_path: Path) -> None:
    found, arranged = written(make_dataset(tmp_path), budgets=budgets(real=25, synthetic=20))
    assert arranged.shortages == (Shortage("real", "total", 25, 0),)
    assert count(found, "sampling_weight") == {1.0: 20}


def test_real_problems_without_a_pass_rate_are_spread_evenly_over_the_stages(dataset: Path) -> None:
    found, arranged = written(dataset, kind="easy-to-hard", budgets=budgets(real=40, synthetic=160))
    assert arranged.stages == (50, 50, 100)
    assert [sum(row["environment"] == "real" and row["stage"] == n for row in found) for n in range(3)] == [10, 10, 20]


def test_real_problems_take_part_in_stepping_stones_as_far_as_a_budget_asks_for_them(dataset: Path) -> None:
    assert "real" not in count(written(dataset, kind="stepping-stones")[0], "environment")
    _, arranged = written(dataset, kind="stepping-stones", budgets=budgets(real=30, synthetic=120))
    assert arranged.stages == (50, 50, 50)


def test_a_graded_real_problem_stands_in_the_stage_of_its_tier(tmp_path: Path) -> None:
    graded = real(1)[0] | {"tier": "hard", "pass_rate": 0.1, "attempt_count": 8}
    write_tiers(make_draft(tmp_path, problems=[*synthetic(), graded], attempts=[], rejections=[]), {})
    found, _ = written(tmp_path, kind="easy-to-hard")
    assert [row["stage"] for row in found if row["environment"] == "real"] == [2]


@pytest.mark.parametrize("kind", [*FIRST, "stepping-stones"])
def test_the_control_of_an_order_is_the_same_problems_in_random_order(dataset: Path, kind: CurriculumKind) -> None:
    ordered, control, told = with_control(dataset, kind=kind, budgets=budgets(induction=20, fuzzing=20))
    assert sorted(ids(control)) == sorted(ids(ordered))
    assert len(control) == 40
    assert count(control, "stage") == {0: 40}
    assert len(count(control[:20], "tier")) == 3
    assert (told.name, told.control_of, told.shortages) == ("c_control", "c", ())


def test_the_control_of_medium_only_has_as_many_of_each_environment_from_all_tiers(dataset: Path) -> None:
    medium, control, _ = with_control(dataset, kind="medium-only", budgets=budgets(induction=8, fuzzing=4))
    assert count(control, "environment") == count(medium, "environment") == {"induction": 8, "fuzzing": 4}
    assert len(count(control, "tier")) > 1


def test_the_control_of_budgets_alone_has_as_many_from_all_environments(dataset: Path) -> None:
    one, control, _ = with_control(dataset, kind="uniform", budgets=budgets(induction=40))
    assert len(one) == len(control) == 40
    assert count(control, "environment").keys() == set(FOUR)


def test_the_control_of_a_mix_is_real_alone_with_as_many_draws(dataset: Path) -> None:
    mix, control, told = with_control(dataset, kind="medium-first", budgets=budgets(real=25, synthetic=20))
    assert count(control, "environment") == {"real": 45}
    assert told.shortages == ()
    assert {row["problem_id"] for row in mix if row["environment"] == "real"} < set(ids(control))
    assert count(control, "sampling_weight") == {1.0: 45}


def test_where_real_problems_are_few_the_control_of_a_mix_draws_each_more_often_and_says_so(tmp_path: Path) -> None:
    mix, control, told = with_control(make_dataset(tmp_path, reals=25), budgets=budgets(real=25, synthetic=20))
    assert count(control, "sampling_weight") == {1.8: 25}
    assert sum(row["sampling_weight"] for row in control) == pytest.approx(sum(row["sampling_weight"] for row in mix))
    assert told.shortages == (Shortage("real", "total", 45, 25),)


def test_files_have_the_declared_schema_and_rows_are_those_of_problems(dataset: Path) -> None:
    found, _ = written(dataset, kind="uniform")
    assert pq.read_schema(curricula.files(dataset)["c"]).equals(CURRICULUM)
    of = {row["problem_id"]: row for row in drafts.read_table(dataset, "problems").to_pylist()}
    shared = CURRICULUM.names[3:]
    assert all({name: row[name] for name in shared} == {name: of[row["problem_id"]][name] for name in shared} for row in found)


def test_curricula_that_are_asked_for_no_more_leave_the_dataset(dataset: Path) -> None:
    write_curricula(dataset, {"old": CurriculumSettings()}, 0)
    write_curricula(dataset, {"new": CurriculumSettings()}, 0)
    assert set(curricula.files(dataset)) == {"new"}


def test_a_dataset_without_problems_has_empty_curricula(tmp_path: Path) -> None:
    arranged = write_curricula(tmp_path, CURRICULA, 0)
    assert {(each.rows, each.stages) for each in arranged} == {(0, ())}
    assert all(pq.read_schema(file).equals(CURRICULUM) for file in curricula.files(tmp_path).values())


@pytest.fixture
def many_groups(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """A curriculum of many row groups, made of many sorted stretches, and its problems in order."""
    expected = ids(written(dataset, kind="hard-first")[0])
    monkeypatch.setattr(curricula, "ROWS_SORTED", 30)
    monkeypatch.setattr(drafts, "ROWS_A_BATCH", 10)
    monkeypatch.setattr(drafts, "BYTES_A_ROW_GROUP", 1)
    written(dataset, kind="hard-first")
    file = curricula.files(dataset)["c"]
    assert pq.ParquetFile(file).num_row_groups >= 16
    return file, expected


def test_pyarrow_reads_the_rows_in_order(many_groups: tuple[Path, list[str]]) -> None:
    file, expected = many_groups
    assert pq.read_table(file)["problem_id"].to_pylist() == expected


def test_a_plain_select_of_duckdb_gives_the_rows_in_order(many_groups: tuple[Path, list[str]]) -> None:
    import duckdb

    file, expected = many_groups
    found = duckdb.sql(f"SELECT problem_id FROM '{file}'").fetchall()
    assert [problem for (problem,) in found] == expected


def test_hugging_face_datasets_gives_the_rows_in_order(many_groups: tuple[Path, list[str]], tmp_path: Path) -> None:
    from datasets import load_dataset

    file, expected = many_groups
    loaded = load_dataset("parquet", data_files=str(file), split="train", cache_dir=str(tmp_path))
    assert list(loaded["problem_id"]) == expected


@pytest.mark.parametrize("name", ["Easy", "4x5000", "a-b", "", "x" * 61, "../x", "mix_control"])
def test_a_name_that_is_no_files_and_views_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="a curriculum's name is that of a file and of a view"):
        Settings(curricula={name: CurriculumSettings()})


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"budgets": {"synthetic": {"total": 5}, "fuzzing": {"total": 1}}}, "`synthetic` takes in fuzzing"),
        ({"kind": "stepping-stones", "budgets": {"fuzzing": {"easy": 1}}}, "stepping-stones takes whole chains"),
        ({"kind": "uniform", "control": True}, "uniform without budgets is its own control"),
        ({"kind": "hardest-first"}, "easy-to-hard"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wanted: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        CurriculumSettings.model_validate(wanted)
