"""What a training is prepared from, and what is refused before anything is spent."""

import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prefect.logging import disable_run_logger
from pydantic import ValidationError

from steppingstone import load_problems
from steppingstone.errors import BadInput
from steppingstone.sandbox import Sandbox
from steppingstone.settings import Settings, TrainSettings
from steppingstone.training import plan
from steppingstone.versions import Version, publish
from tasks.prepare import check_curriculum, check_policy, check_trainer, prepare
from tests.drafts import make_draft
from tests.publishing import publish_one_of_each


@pytest.fixture
def version(tmp_path: Path, sandbox: Sandbox) -> Version:
    return publish_one_of_each(tmp_path / "data", sandbox)


def settings(data: Path, **train: object) -> Settings:
    given = {"curriculum": "curriculum_mixed", "model": "a/b", "groups": 5} | train
    return Settings(data_root=str(data), train=TrainSettings.model_validate(given))


def prepared(data: Path, **train: object) -> Path:
    with disable_run_logger():
        return Path(prepare.fn(settings(data, **train)))


def test_the_curriculum_is_exported_in_its_order_with_the_plan(tmp_path: Path, version: Version) -> None:
    folder = prepared(tmp_path / "data", steps=3)
    found = pq.read_table(folder / "problems" / "train.parquet", columns=["problem_id"])["problem_id"].to_pylist()
    assert found == [problem.problem_id for problem in load_problems(version.folder, "curriculum_mixed")]
    made = plan.read(folder / plan.FILE)
    assert (made.model, made.table, made.version, made.steps, made.seed) == ("a/b", "curriculum_mixed", 1, 3, 0)


def test_what_was_begun_goes_on_with_its_version_and_may_go_further(tmp_path: Path, version: Version) -> None:
    folder = prepared(tmp_path / "data", steps=3)
    publish(tmp_path / "data", make_draft(tmp_path / "draft"), "later", {})
    assert prepared(tmp_path / "data", steps=5) == folder
    again = plan.read(folder / plan.FILE)
    assert (again.version, again.steps) == (1, 5)


def test_what_was_begun_is_not_gone_on_with_otherwise(tmp_path: Path, version: Version) -> None:
    prepared(tmp_path / "data")
    with pytest.raises(BadInput, match=r"was begun with learning_rate 1e-06, now 0\.1; .* another train\.run"):
        prepared(tmp_path / "data", learning_rate=0.1)
    assert prepared(tmp_path / "data", learning_rate=0.1, run="other").name == "other"


def test_an_export_that_was_cut_short_is_made_anew(tmp_path: Path, version: Version) -> None:
    folder = prepared(tmp_path / "data")
    (folder / plan.FILE).unlink()
    (folder / "problems" / "train.parquet").write_text("half")
    prepared(tmp_path / "data")
    assert pq.read_table(folder / "problems" / "train.parquet").num_rows == 5


def test_a_curriculum_that_is_not_there_is_refused(tmp_path: Path, version: Version) -> None:
    with pytest.raises(BadInput, match=r"no problems called 'curriculum_steep'; it has .*curriculum_mixed"):
        check_curriculum(settings(tmp_path / "data", curriculum="curriculum_steep"))


def test_fewer_problems_than_a_step_takes_are_refused(tmp_path: Path, version: Version) -> None:
    with pytest.raises(BadInput, match=r"has 5 problems, and a step takes train\.groups = 6"):
        check_curriculum(settings(tmp_path / "data", groups=6))


def test_weights_of_other_tiers_than_the_curriculums_are_refused(tmp_path: Path, version: Version) -> None:
    check_curriculum(settings(tmp_path / "data", weights={"medium": 1}))
    with pytest.raises(BadInput, match="has problems of medium; give each"):
        check_curriculum(settings(tmp_path / "data", weights={"easy": 1}))


@pytest.mark.parametrize("model", ["/no/such/folder", "models/qwen/last", "./here", "Qwen3", None])
def test_what_is_no_model_is_refused(model: str | None) -> None:
    with pytest.raises(BadInput, match=r"train\.model"):
        check_policy(model)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"without a config\.json"):
        check_policy(str(tmp_path))
    (tmp_path / "config.json").touch()
    check_policy(str(tmp_path))


def test_a_python_without_trl_is_refused() -> None:
    with pytest.raises(BadInput, match=r"has no TRL; make an environment with TRL 1\.16"):
        check_trainer(sys.executable)


def test_what_is_no_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"train\.python .* can't be started"):
        check_trainer(str(tmp_path / "python"))


def test_what_follows_from_other_settings_can_not_be_given_to_trl() -> None:
    with pytest.raises(ValidationError, match="max_steps, shuffle_dataset follow from the other settings"):
        TrainSettings(trl={"shuffle_dataset": True, "max_steps": 1, "beta": 0.1})


def test_weights_that_follow_the_reward_need_weights_to_begin_with() -> None:
    with pytest.raises(ValidationError, match="give each tier of the curriculum one to begin with"):
        TrainSettings(by_reward=True)
