"""The command `python -m infra.push`, against a server that speaks the Hub's protocol."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from steppingstone.curricula import write_curricula
from steppingstone.documents import write_documents
from steppingstone.settings import CurriculumSettings
from steppingstone.tiers import write_tiers
from steppingstone.versions import Version, publish
from tests.drafts import make_draft
from tests.infra.hub import TOKEN, Hub, hub_served


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_served() as hub:
        yield hub


@pytest.fixture
def version(tmp_path: Path) -> Version:
    return published(tmp_path, "run-a", curriculum="first")


def published(root: Path, run_id: str, curriculum: str) -> Version:
    draft = make_draft(root / "runs" / run_id)
    write_tiers(draft, {})
    write_curricula(draft, {curriculum: CurriculumSettings()}, 0)
    return publish(root, draft, run_id, {}, documents=write_documents)


def push(root: Path, hub: Hub, *options: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    """Runs the command as a person does, with a home of its own; without Xet, so that large files go by LFS."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    env |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(root / "home"), "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    env |= {"HF_TOKEN": token} if token else {}
    command = [sys.executable, "-m", "infra.push", "owner/name", "--data", str(root), *options]
    return subprocess.run(command, env=env, capture_output=True, text=True, cwd=Path(__file__).parents[2])


def contents(version: Version) -> dict[str, bytes]:
    files = (path for path in version.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(version.folder)): path.read_bytes() for path in files}


def test_every_file_of_the_version_arrives_as_it_is(tmp_path: Path, hub: Hub, version: Version) -> None:
    done = push(tmp_path, hub)
    assert done.returncode == 0, done.stderr
    assert hub.files == contents(version)
    assert "curricula/first.parquet" in hub.files
    assert hub.commits == ["Version 1"]


def test_it_says_where_the_version_is(tmp_path: Path, hub: Hub, version: Version) -> None:
    assert push(tmp_path, hub).stdout.startswith(f"{hub.url}/datasets/owner/name (commit abc)")


def test_the_next_version_takes_the_place_of_the_last(tmp_path: Path, hub: Hub, version: Version) -> None:
    push(tmp_path, hub)
    second = published(tmp_path, "run-b", curriculum="second")
    assert push(tmp_path, hub).returncode == 0
    assert hub.files == contents(second)
    assert "curricula/first.parquet" not in hub.files


def test_what_the_hub_has_is_not_sent_again(tmp_path: Path, hub: Hub, version: Version) -> None:
    push(tmp_path, hub)
    hub.asked.clear()
    push(tmp_path, hub)
    assert not [asked for asked in hub.asked if asked.startswith("PUT")]


def test_a_version_is_chosen_by_its_number(tmp_path: Path, hub: Hub, version: Version) -> None:
    published(tmp_path, "run-b", curriculum="second")
    push(tmp_path, hub, "--version", "1")
    assert hub.files == contents(version)


def test_a_repository_is_made_private_if_asked(tmp_path: Path, hub: Hub, version: Version) -> None:
    push(tmp_path, hub, "--private")
    assert hub.created == [{"name": "name", "organization": "owner", "visibility": "private", "type": "dataset"}]


def test_without_a_token_nothing_is_asked_of_the_hub(tmp_path: Path, hub: Hub, version: Version) -> None:
    done = push(tmp_path, hub, token="")
    assert (done.returncode, hub.asked) == (2, [])
    assert "set $HF_TOKEN" in done.stderr


def test_a_token_that_is_refused_is_a_clear_error(tmp_path: Path, hub: Hub, version: Version) -> None:
    done = push(tmp_path, hub, token="hf_wrong")
    assert done.returncode == 1
    assert "version 1 was not pushed" in done.stderr
    assert "401" in done.stderr
    assert "Traceback" not in done.stderr
    assert hub.files == {}


def test_a_hub_that_is_not_there_is_a_clear_error(tmp_path: Path, version: Version) -> None:
    nowhere = Hub()
    nowhere.url = "http://127.0.0.1:9"
    done = push(tmp_path, nowhere)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("version 1 was not pushed to http://127.0.0.1:9: ")
    assert "Traceback" not in done.stderr


def test_an_unknown_version_is_told_with_those_that_are_there(tmp_path: Path, hub: Hub, version: Version) -> None:
    done = push(tmp_path, hub, "--version", "7")
    assert (done.returncode, hub.asked) == (2, [])
    assert "holds no version 7; it holds 1" in done.stderr


def test_nothing_published_is_nothing_to_push(tmp_path: Path, hub: Hub) -> None:
    done = push(tmp_path, hub)
    assert done.returncode == 2
    assert "nothing is published" in done.stderr


def test_a_damaged_version_is_not_pushed(tmp_path: Path, hub: Hub, version: Version) -> None:
    (version.folder / "medium.parquet").unlink()
    done = push(tmp_path, hub)
    assert (done.returncode, hub.asked) == (2, [])
    assert "medium.parquet" in done.stderr
