"""What a trainer reads of a version."""

import json
import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steppingstone import PublishedProblem, load_problems
from steppingstone.drafts import read_table
from steppingstone.errors import BadInput
from steppingstone.records import Message, Problem, Tier
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.versions import Version
from tests.publishing import LIMITS, proved, publish_one_of_each

NAMES = ["induction", "abduction", "deduction", "fuzzing", "real"]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Version:
    return publish_one_of_each(tmp_path_factory.mktemp("data"), sandbox)


def test_a_data_root_gives_the_problems_of_its_latest_version(version: Version, sandbox: Sandbox) -> None:
    found = load_problems(version.folder.parents[1])
    assert [problem.environment for problem in found] == NAMES
    for problem in found:
        proven = proved(problem.environment, sandbox)
        assert Problem(*(getattr(problem, name) for name in Problem.__slots__)) == proven


def test_a_versions_folder_gives_the_same_and_so_does_its_file(version: Version) -> None:
    found = load_problems(version.folder)
    assert load_problems(str(version.folder / "problems.parquet")) == found
    assert [problem.limits for problem in found] == [LIMITS] * 5


def test_a_problem_bears_what_its_row_says(version: Version) -> None:
    (first, *_) = load_problems(version.folder, "medium")
    (row, *_) = read_table(version.folder, "medium").to_pylist()
    names = row.keys() & set(PublishedProblem.__slots__)
    assert {name: getattr(first, name) for name in names} == {name: row[name] for name in names}
    assert len(names) == 18
    assert (first.tier, first.curriculum_rank, first.sampling_weight) == (Tier.MEDIUM, None, None)


def test_a_curriculum_gives_its_order_and_weights(version: Version) -> None:
    found = load_problems(version.folder, "curriculum_mixed")
    assert [problem.curriculum_rank for problem in found] == list(range(5))
    assert [(problem.stage, problem.sampling_weight, problem.limits) for problem in found] == [(0, 1.0, LIMITS)] * 5
    assert load_problems(version.folder / "curricula" / "mixed.parquet") == found


def test_a_policy_is_told_what_the_student_was(version: Version) -> None:
    for problem in load_problems(version.folder):
        assert problem.prompt == (Message("user", problem.statement),)


def test_a_problem_survives_a_way_through_another_process(version: Version) -> None:
    found = load_problems(version.folder)
    assert pickle.loads(pickle.dumps(found)) == found


def test_an_empty_tier_gives_no_problem(version: Version) -> None:
    assert load_problems(version.folder, "hard") == []


def test_a_file_of_its_own_has_the_usual_limits(version: Version, tmp_path: Path) -> None:
    pq.write_table(pq.read_table(version.folder / "problems.parquet").drop_columns(["tier"]), tmp_path / "mine.parquet")
    found = load_problems(tmp_path / "mine.parquet")
    assert [(problem.tier, problem.limits) for problem in found] == [(Tier.UNGRADED, Limits())] * 5


def test_a_table_that_is_not_there_is_refused_with_those_that_are(version: Version) -> None:
    with pytest.raises(BadInput, match=r"'attempts'; it has problems, easy, medium, hard, curriculum_mixed"):
        load_problems(version.folder, "attempts")


def test_what_holds_no_problems_is_refused(tmp_path: Path, version: Version) -> None:
    with pytest.raises(BadInput, match="nothing is published"):
        load_problems(tmp_path)
    with pytest.raises(BadInput, match=r"nowhere\.parquet can't be read"):
        load_problems(tmp_path / "nowhere.parquet")
    (tmp_path / "text.parquet").write_text(json.dumps({}))
    with pytest.raises(BadInput, match=r"text\.parquet can't be read"):
        load_problems(tmp_path / "text.parquet")
    pq.write_table(pa.table({"problem_id": ["a"], "code": ["b"]}), tmp_path / "other.parquet")
    with pytest.raises(BadInput, match="no column environment, inputs"):
        load_problems(tmp_path / "other.parquet")
    with pytest.raises(BadInput, match="holds no problems"):
        load_problems(version.folder / "seeds.parquet")
