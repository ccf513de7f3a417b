"""The journal on object storage: a real server that speaks S3, in a process of its own."""

import asyncio
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steppingstone.errors import BadInput, StorageError
from steppingstone.journal import Journal, check_journal, objects
from tests.journal.s3_server import serving_s3
from tests.journal.writing import found, lost, put, run, said, writer


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving_s3(tmp_path_factory.mktemp("s3") / "log") as filesystem:
        yield filesystem


@pytest.fixture
def root(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return f"s3://nights/{uuid.uuid4().hex}/journal"


def on_another_host(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """From here on, nothing is known of what was stored but what the store has."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / uuid.uuid4().hex))


def test_what_was_stored_another_host_finds(root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "k", 0, [said(str(index)) for index in range(16)])
    put(root, "k", 16, [said(str(index)) for index in range(16, 32)])
    for _ in range(2):
        assert found(root, "k", 32) == {index: str(index) for index in range(32)}
        assert found(root, "other", 32) == {}
        on_another_host(monkeypatch, tmp_path)


def test_two_hosts_write_at_once_and_each_finds_what_the_other_stored(
    root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = writer(root, "a", "60")
    on_another_host(monkeypatch, tmp_path)
    second = writer(root, "b", "60")
    keys = [key for process in (first, second) for key in process.communicate(timeout=60)[0].split()]
    assert len(keys) == 120
    assert lost(root, keys) == []


def test_whatever_a_killed_process_said_was_stored_is_found(root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = random.Random(7)
    stored: list[str] = []
    for turn in range(3):
        with writer(root, f"writer{turn}") as process:
            assert process.stdout
            keys = [process.stdout.readline().strip()]
            time.sleep(moments.uniform(0, 0.5))
            process.kill()
            keys += [line.strip() for line in process.stdout if line.endswith("\n")]
        stored += keys
        assert lost(root, keys) == []
    assert len(stored) > 30
    on_another_host(monkeypatch, tmp_path)
    assert lost(root, stored) == []


def test_there_is_an_object_for_each_four_megabytes_and_another_host_reads_their_contents_alone(
    root: str, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def store() -> None:
        journal = Journal(root)
        for night in range(25):
            await asyncio.gather(*(journal.put(f"k{night}-{n}", 0, [said("x" * 10_000)], 100) for n in range(50)))
        journal.close()

    run(store())
    stored = s3.find(root, detail=True).values()
    assert len(stored) <= 4
    assert sum(entry["size"] for entry in stored) > 12_500_000
    on_another_host(monkeypatch, tmp_path)
    read: list[int] = []
    whole = objects.ObjectSegments.read

    def counted(self: objects.ObjectSegments, name: str, start: int, end: int) -> bytes:
        data = whole(self, name, start, end)
        read.append(len(data))
        return data

    monkeypatch.setattr(objects.ObjectSegments, "read", counted)
    assert found(root, "k24-49") == {0: "x" * 10_000}
    assert sum(read) < 300_000


def test_after_an_upload_that_failed_nothing_is_written_over_what_others_may_have_seen(
    root: str, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(root)
    run(journal.put("k", 0, [said("before")], 100))
    whole = objects.ObjectSegments._write

    def stored_but_not_heard_of(self: objects.ObjectSegments, name: str, data: bytes) -> None:
        whole(self, name, data)
        raise TimeoutError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(objects.ObjectSegments, "_write", stored_but_not_heard_of)
        with pytest.raises(StorageError, match="can't be written: no answer"):
            run(journal.put("k", 1, [said("stored unheard")], 100))
    assert found(root, "k", 3) == {0: "before", 1: "stored unheard"}
    run(journal.put("k", 2, [said("after")], 100))
    journal.close()
    assert found(root, "k", 3) == {0: "before", 1: "stored unheard", 2: "after"}
    assert len(s3.find(root)) == 2


def test_hundreds_of_puts_and_finds_are_under_way_at_once(root: str) -> None:
    async def both(journal: Journal, key: str) -> bool:
        await journal.put(key, 0, [said(key)], 100)
        return await journal.find(key, 1, 100) == {0: said(key)}

    async def work() -> list[bool]:
        journal = Journal(root)
        try:
            return await asyncio.gather(*(both(journal, f"k{number}") for number in range(500)))
        finally:
            journal.close()

    assert run(work()) == [True] * 500


def test_a_bucket_that_is_not_there_is_told_by_the_check_and_by_opening(root: str) -> None:
    with pytest.raises(BadInput, match=r"journal .s3://nowhere/.*/journal. can't be written to .*bucket"):
        check_journal(root.replace("nights", "nowhere"))
    with pytest.raises(StorageError, match=r"s3://nowhere/.*/journal can't be read: .*bucket"):
        Journal(root.replace("nights", "nowhere"))


def test_a_check_leaves_nothing_behind(root: str, s3: Any) -> None:
    check_journal(root)
    assert s3.find(root) == []


def test_without_its_client_an_address_is_refused_with_the_way_to_get_it() -> None:
    program = (
        "import sys; sys.modules['s3fs'] = None; from steppingstone.journal import Journal; Journal('s3://nights/journal')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "BadInput: journal 's3://nights/journal' needs a client that is missing" in done.stderr
    assert done.stderr.strip().endswith("pip install 'steppingstone[s3]'")


def test_a_protocol_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadInput, match=r"journal 'floppy://a/b' can't be opened: .*give a folder, s3:// or"):
        Journal("floppy://a/b")
