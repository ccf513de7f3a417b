"""Versions: published whole or not at all, and never written again."""

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from steppingstone import drafts, versions
from steppingstone.errors import BadInput, StorageError, TableMismatch
from steppingstone.tables import TABLES
from tests.drafts import make_draft, problems, seeds

PUBLISH = """
import itertools, resource, sys
from steppingstone.versions import publish
root, draft, first, times, most_bytes = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
if most_bytes:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
print("ready", flush=True)
for number in range(first, first + times):
    publish(root, draft, f"run-{number}", {})
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def draft(root: Path) -> Path:
    return make_draft(root / "runs" / "run-a" / "draft")


def publisher(root: Path, draft: Path, first: int, times: int = 1, most_bytes: int = 0) -> subprocess.Popen[str]:
    """A process that publishes the same draft as one run after another."""
    command = [sys.executable, "-c", PUBLISH, str(root), str(draft), *map(str, (first, times, most_bytes))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])


def test_nothing_is_the_latest_before_the_first_version(root: Path) -> None:
    assert versions.latest(root) is None


def test_the_published_version_is_the_latest(root: Path, draft: Path) -> None:
    assert versions.publish(root, draft, "run-a", {}) == versions.latest(root)


def test_a_version_holds_every_table(root: Path, draft: Path) -> None:
    version = versions.publish(root, draft, "run-a", {})
    assert {path.stem for path in version.folder.glob("*.parquet")} == set(TABLES)
    assert version.rows["attempts"] == 320


def test_the_manifest_says_what_it_was_made_of(root: Path, draft: Path) -> None:
    told = versions.manifest_of(versions.publish(root, draft, "run-a", {"rounds": 6}, [{"expectation": "some", "ok": True}]))
    assert (told["settings"], told["gates"]) == ({"rounds": 6}, [{"expectation": "some", "ok": True}])
    assert (told["prompts"], told["teacher_models"], told["student_models"]) == (["prompts-1"], ["teacher"], ["student"])
    assert told["tables"]["seeds"]["schema"]["lines"] == "int64"


def test_the_manifest_names_no_model_where_there_is_none(root: Path) -> None:
    real = problems()[0] | {"teacher_model": "", "student_model": ""}
    draft = make_draft(root / "runs" / "run-a" / "draft", problems=[real, *problems()[1:]])
    told = versions.manifest_of(versions.publish(root, draft, "run-a", {}))
    assert (told["teacher_models"], told["student_models"]) == (["teacher"], ["student"])


def test_versions_are_counted_and_name_their_parent(root: Path, draft: Path) -> None:
    versions.publish(root, draft, "run-a", {})
    second = versions.publish(root, draft, "run-b", {})
    assert (second.number, second.parent, second.folder.name) == (2, 1, "v=00002")


def test_the_same_run_is_not_published_twice(root: Path, draft: Path) -> None:
    assert versions.publish(root, draft, "run-a", {}) == versions.publish(root, draft, "run-a", {})


def test_a_version_does_not_change_with_its_draft(root: Path, draft: Path) -> None:
    version = versions.publish(root, draft, "run-a", {})
    drafts.write_rows(draft, "seeds", seeds()[:1])
    assert versions.damaged(version) == []


def test_damage_is_found(root: Path, draft: Path) -> None:
    version = versions.publish(root, draft, "run-a", {})
    (version.folder / "seeds.parquet").unlink()
    (version.folder / "seeds.parquet").write_bytes(b"something else")
    assert versions.damaged(version) == ["seeds.parquet"]


def test_what_is_no_draft_is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"problems\.parquet"):
        versions.publish(root, tmp_path / "nothing", "run-a", {})


def test_a_table_with_another_schema_is_refused(root: Path, draft: Path) -> None:
    drafts.table_path(draft, "seeds").write_bytes(drafts.table_path(draft, "attempts").read_bytes())
    with pytest.raises(TableMismatch, match="seeds"):
        versions.publish(root, draft, "run-a", {})


def test_a_pointer_that_is_no_json_is_an_error_and_not_a_first_version(root: Path, draft: Path) -> None:
    versions.publish(root, draft, "run-a", {})
    (root / versions.LATEST).write_text("{")
    with pytest.raises(BadInput, match=r"latest\.json"):
        versions.publish(root, draft, "run-b", {})


def test_a_pointer_to_a_version_that_is_gone_says_so(root: Path) -> None:
    root.mkdir()
    (root / versions.LATEST).write_text(json.dumps({"version": 3, "path": "versions/v=00003"}))
    with pytest.raises(BadInput, match="v=00003"):
        versions.latest(root)


def test_a_second_publisher_is_told_of_the_first(root: Path, draft: Path) -> None:
    with versions.publishing(root), pytest.raises(StorageError, match="another process"):
        versions.publish(root, draft, "run-a", {})


def test_publishers_at_once_make_versions_that_are_all_whole(root: Path, draft: Path) -> None:
    processes = [publisher(root, draft, 100 * n, times=3) for n in range(3)]
    endings = [process.communicate()[1] for process in processes]
    assert all(not ending or "another process is publishing" in ending for ending in endings)
    published = sorted(path.name for path in (root / "versions").glob("v=*"))
    assert published == [f"v={n:05d}" for n in range(1, len(published) + 1)]
    version = versions.latest(root)
    assert version is not None
    assert (version.folder.name, versions.damaged(version)) == (published[-1], [])


def test_killed_at_any_moment_the_latest_version_is_whole(root: Path, draft: Path) -> None:
    before = versions.publish(root, draft, "run-a", {})
    dice = random.Random(7)
    for turn in range(10):
        process = publisher(root, draft, 1000 * turn, times=1000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(dice.uniform(0.0, 0.15))
        process.kill()
        process.communicate()
        now = versions.latest(root)
        assert now is not None
        assert now.number >= before.number
        assert versions.damaged(now) == []
        before = now


def test_what_a_killed_publisher_left_is_swept(root: Path, draft: Path) -> None:
    (root / "versions" / ".new-stale").mkdir(parents=True)
    versions.publish(root, draft, "run-a", {})
    assert [path.name for path in sorted((root / "versions").iterdir())] == [".lock", "v=00001"]


def test_a_number_whose_publisher_was_killed_is_not_used_again(root: Path, draft: Path) -> None:
    (root / "versions" / "v=00007").mkdir(parents=True)
    assert versions.publish(root, draft, "run-a", {}).number == 8


def test_a_disk_that_takes_no_more_is_a_clear_error_and_changes_nothing(root: Path, draft: Path) -> None:
    before = versions.publish(root, draft, "run-a", {})
    ending = publisher(root, draft, 1, most_bytes=1000).communicate()[1]
    assert "StorageError: nothing was published" in ending
    assert versions.latest(root) == before
    assert [path.name for path in sorted((root / "versions").iterdir())] == [".lock", "v=00001"]


def test_rows_added_to_a_version_that_is_no_more_the_latest_are_refused(root: Path, draft: Path) -> None:
    versions.publish(root, draft, "run-a", {}, after=0)
    with pytest.raises(StorageError, match=r"version 1 was published while this run was under way.*same command again"):
        versions.publish(root, draft, "run-b", {}, after=0)
    assert versions.publish(root, draft, "run-b", {}, after=1).number == 2


def test_curricula_and_documents_are_a_part_of_a_version(root: Path, draft: Path) -> None:
    (draft / "curricula").mkdir()
    (draft / "curricula" / "uniform.parquet").write_bytes(drafts.table_path(draft, "seeds").read_bytes())

    def write(folder: Path, manifest: Mapping[str, Any]) -> None:
        rows = drafts.count_rows(folder, "problems")
        (folder / "report.html").write_text(f"version {manifest['version']} with {rows} problems")

    version = versions.publish(root, draft, "run-a", {}, documents=write)
    told = versions.manifest_of(version)
    assert (version.folder / "report.html").read_text() == "version 1 with 40 problems"
    assert (told["curricula"]["uniform"]["rows"], told["documents"]["report.html"]["file"]) == (5, "report.html")
    (version.folder / "report.html").chmod(0o644)
    (version.folder / "report.html").write_text("another")
    (version.folder / "curricula" / "uniform.parquet").unlink()
    assert versions.damaged(version) == ["curricula/uniform.parquet", "report.html"]


def test_a_document_that_fails_publishes_nothing(root: Path, draft: Path) -> None:
    def write(_folder: Path, _manifest: Mapping[str, Any]) -> None:
        raise OSError("no room")

    with pytest.raises(StorageError, match="no room"):
        versions.publish(root, draft, "run-a", {}, documents=write)
    assert versions.latest(root) is None


def test_old_versions_go_and_the_latest_stays(root: Path, draft: Path) -> None:
    for number in range(4):
        versions.publish(root, draft, f"run-{number}", {})
    assert versions.prune(root, 2) == [2, 1]
    assert sorted(path.name for path in (root / "versions").iterdir()) == [".lock", "v=00003", "v=00004"]
    assert versions.prune(root, 2) == []
    version = versions.latest(root)
    assert version is not None
    assert (version.number, versions.damaged(version)) == (4, [])


def test_what_a_killed_publisher_left_is_no_version_that_is_kept(root: Path, draft: Path) -> None:
    versions.publish(root, draft, "run-0", {})
    shutil.copytree(root / "versions" / "v=00001", root / "versions" / "v=00002")
    versions.publish(root, draft, "run-2", {})
    assert versions.prune(root, 2) == [2]
    assert sorted(path.name for path in (root / "versions").iterdir()) == [".lock", "v=00001", "v=00003"]


def test_an_unwritable_data_root_is_a_clear_error(tmp_path: Path, draft: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="nothing was published"):
        versions.publish(tmp_path / "file", draft, "run-a", {})
