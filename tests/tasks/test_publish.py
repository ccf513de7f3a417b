"""Publish: a draft that went through its gates becomes the latest version, and the catalog shows it."""

import shutil
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger
from prefect.states import Failed

from expectations import Rules
from steppingstone.catalog import open_catalog
from steppingstone.dataset import Dataset
from steppingstone.errors import BadInput, GateFailed, Overtaken, StorageError
from steppingstone.settings import Settings
from steppingstone.versions import latest, manifest_of
from tasks.combine import combine
from tasks.deduplicate import deduplicate
from tasks.publish import may_pass, publish
from tasks.split import split
from tasks.validate import validate
from tests.drafts import ATTEMPTS, make_draft
from tests.duplicates.made import EXACT

RULES = Rules(ATTEMPTS, ATTEMPTS)


def run(root: Path, run_id: str, rules: Rules = RULES) -> str:
    draft = str(make_draft(root / "runs" / run_id / "draft"))
    held = validate.fn(draft, rules).held
    with disable_run_logger():
        deduplicate.fn(draft, EXACT, str(root))
    held += split.fn(draft, rules, {}).held
    dataset = combine.fn(draft, str(root))
    with disable_run_logger():
        return publish.fn(dataset, run_id, Settings(data_root=str(root)), held)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    assert run(root, "run-a") == str(root / "versions" / "v=00001")
    return root


def test_the_whole_way_from_a_draft_to_the_catalog(published: Path) -> None:
    with open_catalog(published) as tables:
        assert tables.execute("SELECT count(*) FROM easy").fetchall() == [(8,)]


def test_the_manifest_tells_how_the_gates_came_out(published: Path) -> None:
    version = latest(published)
    assert version is not None
    told = manifest_of(version)["gates"]
    assert {(each["table"], each["ok"]) for each in told} == {
        (table, True)
        for table in ("seeds", "problems", "attempts", "rejections", "quarantine", "easy", "medium", "hard", "tiers")
    }


def test_after_a_broken_gate_the_last_version_stays(published: Path) -> None:
    before = latest(published)
    with pytest.raises(GateFailed):
        run(published, "run-b", Rules(32, 32))
    assert latest(published) == before


def test_done_again_the_same_run_publishes_nothing_new(published: Path) -> None:
    assert run(published, "run-a") == str(published / "versions" / "v=00001")


def test_a_run_that_published_leaves_no_tables_and_one_that_failed_leaves_its_draft(tmp_path: Path) -> None:
    run(tmp_path, "run-a")
    assert not (tmp_path / "runs" / "run-a").exists()
    with pytest.raises(GateFailed):
        run(tmp_path, "run-b", Rules(32, 32))
    assert (tmp_path / "runs" / "run-b" / "draft" / "problems.parquet").exists()


def test_no_other_link_to_its_files_outlives_a_version(published: Path) -> None:
    version = latest(published)
    assert version is not None
    assert {path.stat().st_nlink for path in version.folder.glob("*.parquet")} == {1}
    assert not (published / "runs" / "run-a" / "dataset").exists()


@pytest.mark.parametrize(("error", "again"), [(StorageError, True), (Overtaken, False), (BadInput, False), (OSError, False)])
def test_only_what_may_be_over_in_a_moment_is_tried_again(error: type[Exception], again: bool) -> None:
    assert may_pass(None, None, Failed(data=error("why"))) is again


def test_nothing_changed_is_said_and_not_published(published: Path, tmp_path: Path) -> None:
    dataset = Dataset(str(tmp_path / "dataset"), 1, added=0)
    before = latest(published)
    for kind in ("regrade", "reverify"):
        with disable_run_logger():
            assert publish.fn(dataset, "run-c", Settings(data_root=str(published)), kind=kind) == str(before and before.folder)
    assert latest(published) == before


def test_a_version_says_of_which_flow_it_is(published: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data)
    before = latest(data)
    assert before is not None
    made = make_draft(data / "runs" / "run-c" / "dataset")
    dataset = Dataset(str(made), before.number, added=1)
    with disable_run_logger():
        publish.fn(dataset, "run-c", Settings(data_root=str(data)), kind="regrade")
    version = latest(data)
    assert version is not None
    assert (version.parent, manifest_of(version)["kind"]) == (before.number, "regrade")
