"""A data root on object storage: a real server that speaks S3, and machines that share nothing but that."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from steppingstone import drafts, versions
from steppingstone.catalog import open_catalog
from steppingstone.contents import MANIFEST
from steppingstone.errors import BadInput, StorageError
from steppingstone.mirror import address_of, working_folder
from steppingstone.storage import Store
from tests.drafts import make_draft, problems
from tests.journal.s3_server import serving_s3

PUBLISH = """
import os, signal, sys
from steppingstone import storage, versions
root, draft, run, killed_at = sys.argv[1:]

def wait(folder, manifest):
    print("claimed", flush=True)
    sys.stdin.readline()

upload, exchange = storage.Store.upload, storage.Store.exchange

def die_before_the_manifest(store, folder, into="", names=None):
    if names == ["manifest.json"]:
        os.kill(os.getpid(), signal.SIGKILL)
    upload(store, folder, into, names)

def die_before_the_pointer(store, name, old, new):
    os.kill(os.getpid(), signal.SIGKILL)

if killed_at == "manifest":
    storage.Store.upload = die_before_the_manifest
if killed_at == "pointer":
    storage.Store.exchange = die_before_the_pointer
print(versions.publish(root, draft, run, {}, documents=wait).number)
"""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving_s3(tmp_path_factory.mktemp("s3") / "log") as filesystem:
        yield filesystem


@pytest.fixture
def move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From here on, this is the machine of that name."""
    return lambda name: monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))


@pytest.fixture
def root(s3: Any, move: Callable[[str], None]) -> str:
    move("first")
    return f"s3://nights/{uuid.uuid4().hex}"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return make_draft(tmp_path / "draft")


def publisher(root: str, draft: Path, run: str, killed_at: str = "") -> subprocess.Popen[str]:
    """A process that publishes, and waits for a line once it has claimed a number."""
    command = [sys.executable, "-c", PUBLISH, root, str(draft), run, killed_at]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, cwd=Path(__file__).parents[1], **pipes)


def test_a_folder_is_its_own_working_folder(tmp_path: Path) -> None:
    assert working_folder(tmp_path) == tmp_path
    assert address_of(tmp_path / "runs", tmp_path) == str(tmp_path / "runs")


def test_what_one_machine_published_another_has_whole(root: str, draft: Path, move: Callable[[str], None]) -> None:
    there = versions.publish(root, draft, "run-a", {})
    move("second")
    here = versions.published(root)
    assert here.folder != there.folder
    assert (here.number, here.rows, versions.damaged(here)) == (1, there.rows, [])
    assert drafts.read_table(here.folder, "problems") == drafts.read_table(draft, "problems")


def test_nothing_is_the_latest_before_the_first_version(root: str) -> None:
    assert versions.latest(root) is None
    with pytest.raises(BadInput, match=f"nothing is published in {root} yet"):
        versions.published(root)


def test_what_was_fetched_once_is_not_fetched_again(
    root: str, draft: Path, move: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    versions.publish(root, draft, "run-a", {})
    move("second")
    versions.latest(root)
    fetched: list[str] = []
    monkeypatch.setattr(Store, "download", lambda self, files: fetched.extend(files))
    versions.latest(root)
    assert fetched == []


def test_a_machine_sees_what_another_published_after_it(root: str, draft: Path, move: Callable[[str], None]) -> None:
    versions.publish(root, draft, "run-a", {})
    move("second")
    versions.publish(root, draft, "run-b", {}, after=1)
    move("first")
    with pytest.raises(StorageError, match=r"version 2 was published while this run was under way.*same command again"):
        versions.publish(root, draft, "run-c", {}, after=1)
    assert versions.publish(root, draft, "run-c", {}, after=2).parent == 2


def test_of_two_machines_that_publish_at_once_one_is_told_to_run_again(
    root: str, s3: Any, draft: Path, move: Callable[[str], None]
) -> None:
    versions.publish(root, draft, "run-a", {})
    both = []
    for name in ("second", "third"):
        move(name)
        both.append(publisher(root, draft, name))
    for process in both:
        assert process.stdout
        assert process.stdout.readline() == "claimed\n"
    ends = [process.communicate("go\n") for process in both]
    winner, loser = sorted(zip(both, ends, strict=True), key=lambda one: one[0].returncode)
    assert (winner[0].returncode, loser[0].returncode) == (0, 1)
    number = int(winner[1][0])
    assert f"Overtaken: version {number} was published while this run was under way" in loser[1][1]
    assert "Give the same command again" in loser[1][1]
    move("fourth")
    latest = versions.published(root)
    assert (latest.number, latest.parent, versions.damaged(latest)) == (number, 1, [])
    held = {path.split("/")[3] for path in s3.find(f"{root}/versions") if path.endswith(MANIFEST)}
    assert held == {"v=00001", f"v={number:05d}"}


@pytest.mark.parametrize("killed_at", ["manifest", "pointer"])
def test_killed_between_uploads_a_publisher_leaves_the_last_version_the_latest(
    root: str, s3: Any, draft: Path, move: Callable[[str], None], killed_at: str
) -> None:
    before = versions.publish(root, draft, "run-a", {})
    move("second")
    process = publisher(root, draft, "run-b", killed_at)
    process.communicate("go\n")
    assert process.returncode == -9
    assert f"{root[5:]}/versions/v=00002/problems.parquet" in s3.find(f"{root}/versions")
    for machine in ("second", "third"):
        move(machine)
        now = versions.published(root)
        assert (now.number, now.created, versions.damaged(now)) == (1, before.created, [])
        with open_catalog(root) as tables:
            assert tables.sql("SELECT DISTINCT version FROM version_problems").fetchall() == [(1,)]
    assert versions.publish(root, draft, "run-b", {}).number == 3
    assert versions.prune(root, 2) == [2]
    assert not s3.find(f"{root}/versions/v=00002")


def test_old_versions_go_there_and_on_each_machine(root: str, s3: Any, draft: Path, move: Callable[[str], None]) -> None:
    for run in range(4):
        versions.publish(root, draft, f"run-{run}", {})
    move("second")
    versions.kept(root)
    move("first")
    assert versions.prune(root, 2) == [2, 1]
    assert {path.split("/")[3] for path in s3.find(f"{root}/versions")} == {"v=00003", "v=00004"}
    for machine in ("first", "second"):
        move(machine)
        versions.kept(root)
        assert sorted(path.name for path in (working_folder(root) / "versions").glob("v=*")) == ["v=00003", "v=00004"]


def test_a_download_that_is_not_what_was_published_is_fetched_anew(
    root: str, draft: Path, move: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    versions.publish(root, draft, "run-a", {})
    move("second")
    whole, torn = Store.download, []

    def once_torn(store: Store, files: Mapping[str, Path]) -> None:
        whole(store, files)
        for path in files.values():
            if path.name == "problems.parquet" and not torn:
                torn.append(path)
                path.write_bytes(path.read_bytes()[:-1])

    monkeypatch.setattr(Store, "download", once_torn)
    assert versions.damaged(versions.published(root)) == []
    assert torn


def test_what_was_changed_in_the_bucket_is_refused_by_its_name(
    root: str, s3: Any, draft: Path, move: Callable[[str], None]
) -> None:
    versions.publish(root, draft, "run-a", {})
    object_ = f"{root}/versions/v=00001/seeds.parquet"
    content = s3.cat_file(object_)
    s3.pipe_file(object_, content[:-1] + b"?")
    move("second")
    with pytest.raises(StorageError, match=r"v=00001/seeds\.parquet is not what the version's manifest says"):
        versions.latest(root)
    s3.pipe_file(object_, content)
    assert versions.damaged(versions.published(root)) == []


def test_what_was_cut_short_on_this_machine_is_fetched_again(root: str, draft: Path) -> None:
    path = versions.publish(root, draft, "run-a", {}).folder / "seeds.parquet"
    path.unlink()
    path.write_bytes(b"cut")
    assert versions.damaged(versions.published(root)) == []


def test_after_a_bucket_was_emptied_its_numbers_mean_what_they_mean_now(
    root: str, s3: Any, draft: Path, tmp_path: Path
) -> None:
    versions.publish(root, draft, "run-a", {})
    s3.rm(root, recursive=True)
    assert versions.latest(root) is None
    fewer = make_draft(tmp_path / "fewer", problems=problems()[:4])
    assert versions.publish(root, fewer, "run-b", {}).rows["problems"] == 4
    assert versions.published(root).rows["problems"] == 4


def test_a_version_by_its_number_comes_whole(root: str, draft: Path, move: Callable[[str], None]) -> None:
    for run in range(2):
        versions.publish(root, draft, f"run-{run}", {})
    move("second")
    assert versions.damaged(versions.numbered(root, 1)) == []
    with pytest.raises(BadInput, match="holds no version 3; it holds 1, 2"):
        versions.numbered(root, 3)


def test_sql_answers_over_all_versions_from_any_machine(root: str, draft: Path, move: Callable[[str], None]) -> None:
    for run in range(2):
        versions.publish(root, draft, f"run-{run}", {})
    move("second")
    query = "SELECT version, count(*) AS problems FROM version_problems GROUP BY ALL ORDER BY ALL"
    command = [sys.executable, "-m", "sql", query, "--data", f"{root}/", "--format", "json"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [{"version": 1, "problems": 40}, {"version": 2, "problems": 40}]
