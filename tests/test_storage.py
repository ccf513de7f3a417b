"""Object storage that can't be used is refused at once, with the reason."""

import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from steppingstone import drafts
from steppingstone.batches import BatchRows
from steppingstone.errors import BadInput, StorageError
from steppingstone.settings import Settings
from steppingstone.storage import Store, at_hand
from steppingstone.templates import Templates
from tests.drafts import make_draft, problems
from tests.journal.s3_server import serving_s3


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving_s3(tmp_path_factory.mktemp("s3") / "log") as filesystem:
        yield filesystem


@pytest.fixture
def root(s3: Any) -> str:
    return f"s3://nights/{uuid.uuid4().hex}"


def refusal(**environment: str) -> str:
    """What a process with another environment is told of a data root."""
    program = "from steppingstone.storage import Store; Store('s3://nights/data').probe()"
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | environment
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    return done.stderr.strip().splitlines()[-1]


def test_a_probe_leaves_nothing_behind(root: str, s3: Any) -> None:
    Store(root).probe()
    assert s3.find(root) == []


def test_a_bucket_that_is_not_there_is_refused(root: str) -> None:
    with pytest.raises(BadInput, match=r"data_root 's3://nowhere/data' can't be written to \(.*bucket.*choose another"):
        Store("s3://nowhere/data").probe()


def test_without_credentials_it_is_refused_with_what_to_give(s3: Any) -> None:
    told = refusal(AWS_ENDPOINT_URL=os.environ["AWS_ENDPOINT_URL"], AWS_EC2_METADATA_DISABLED="true", HOME="/nonexistent")
    assert "BadInput: data_root 's3://nights/data' can't be written to (Unable to locate credentials)" in told
    assert "give credentials" in told


def test_an_endpoint_that_does_not_answer_is_refused() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        told = refusal(AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert "BadInput: data_root 's3://nights/data' can't be written to (Could not connect to the endpoint URL" in told


def test_a_server_that_does_not_keep_two_writers_apart_is_refused(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(root)
    write = store._client.pipe_file
    monkeypatch.setattr(store._client, "pipe_file", lambda path, content, **condition: write(path, content))
    with pytest.raises(BadInput, match=r"writes whatever If-Match and If-None-Match say"):
        store.probe()


def test_an_object_is_created_once(root: str) -> None:
    store = Store(root)
    assert store.create("a/b", b"first")
    assert not store.create("a/b", b"second")
    assert store.read(["a/b", "a/c"]) == {"a/b": b"first"}


def test_an_object_is_exchanged_for_the_one_that_was_seen(root: str) -> None:
    store = Store(root)
    assert store.exchange("a", None, b"1")
    assert not store.exchange("a", None, b"2")
    assert store.exchange("a", b"1", b"2")
    assert not store.exchange("a", b"1", b"3")
    assert store.read(["a"]) == {"a": b"2"}


def test_a_write_whose_answer_was_lost_and_that_was_made_again_counts_as_made(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(root)
    write = store._client.pipe_file

    def twice(path: str, content: bytes, **condition: str) -> None:
        write(path, content, **condition)
        write(path, content, **condition)

    monkeypatch.setattr(store._client, "pipe_file", twice)
    assert store.create("a", b"1")
    assert store.exchange("a", b"1", b"2")


def test_what_is_removed_is_gone_with_all_below_it(root: str) -> None:
    store = Store(root)
    for name in ("a/b", "a/c/d", "ab"):
        store.create(name, b"")
    store.remove("a")
    store.remove("nothing")
    assert list(store.read(["a/b", "a/c/d", "ab"])) == ["ab"]
    assert store.folders("") == ["ab"]


def test_a_bucket_that_went_away_is_an_error_of_the_infrastructure(root: str) -> None:
    with pytest.raises(StorageError, match=r"s3://nowhere/data can't be written: .*bucket"):
        Store("s3://nowhere/data").create("a", b"")


def test_a_batchs_tables_go_there_once_they_are_whole(
    root: str, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    rows = BatchRows(f"{root}/runs/a/batches/00000-x", ("problems", "attempts"))
    rows.add({"problems": problems()})
    assert not s3.find(root)
    assert rows.close() == {"problems": 40, "attempts": 0}
    with at_hand(f"{root}/runs/a/batches/00000-x") as folder:
        assert drafts.read_table(folder, "problems").num_rows == 40
    assert not list(tmp_path.iterdir())


def test_rows_are_read_there_as_they_are_from_a_folder(root: str, tmp_path: Path) -> None:
    chosen = make_draft(tmp_path / "chosen")
    Store(f"{root}/chosen").upload(chosen)
    columns, names = ["problem_id", "statement"], [str(problems()[7]["problem_id"])]
    for read in (
        lambda folder: drafts.read_rows(folder, "problems", range(3, 9), columns),
        lambda folder: drafts.find_rows(folder, "problems", names, columns),
    ):
        assert read(f"{root}/chosen") == read(chosen) != []


def test_templates_may_be_there(root: str, tmp_path: Path) -> None:
    text = Templates().texts["student_deduction"]
    (tmp_path / "student_deduction.md").write_text(f"{text}\nThink twice.\n")
    Store(f"{root}/prompts").upload(tmp_path)
    assert Templates(f"{root}/prompts").texts == Templates(str(tmp_path)).texts != Templates().texts


@pytest.mark.parametrize("root", ["gs://bucket/data", "s3://", "s3:///data"])
def test_a_data_root_at_another_kind_of_address_is_refused(root: str) -> None:
    with pytest.raises(ValidationError, match="give a folder, or s3://bucket/prefix"):
        Settings(data_root=root)


def test_an_address_stays_what_it_is_where_folders_become_absolute() -> None:
    settings = Settings(data_root="s3://nights/data/", prompts="mine").absolute()
    assert (settings.data_root, settings.journal_root) == ("s3://nights/data", "s3://nights/data/journal")
    assert settings.prompts == os.path.abspath("mine")
