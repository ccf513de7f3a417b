"""The journal of completions, in a folder."""

import asyncio
import ctypes
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from steppingstone.errors import StorageError
from steppingstone.journal import Journal, database, local, request_key
from steppingstone.records import Completion, Message
from tests.journal.writing import found, lost, put, run, said, writer


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_what_one_process_stored_another_finds_whole(tmp_path: Path) -> None:
    completion = Completion("said\nthis \ud800 “€”", "stop", 3, 5, "thought", 2, 1)
    put(tmp_path, "k", 0, [completion])
    program = (
        f"import asyncio; from steppingstone.journal import Journal; "
        f"print(ascii(asyncio.run(Journal({str(tmp_path)!r}).find('k', 1, 100))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ascii({0: completion})


def test_what_was_never_stored_is_not_found(tmp_path: Path) -> None:
    put(tmp_path, "k", 1, [said("one")])
    assert found(tmp_path, "k", 1) == {}
    assert found(tmp_path, "other", 2) == {}


def test_going_from_16_to_32_attempts_leaves_16_to_ask_for(tmp_path: Path) -> None:
    put(tmp_path, "k", 0, [said(str(index)) for index in range(16)])
    assert list(found(tmp_path, "k", 32)) == list(range(16))
    put(tmp_path, "k", 16, [said(str(index)) for index in range(16, 32)])
    assert found(tmp_path, "k", 32) == {index: str(index) for index in range(32)}
    assert found(tmp_path, "k", 20) == {index: str(index) for index in range(20)}


def test_raising_max_tokens_leaves_out_those_alone_that_were_cut(tmp_path: Path) -> None:
    put(tmp_path, "k", 0, [said("whole"), said("cut", "length", 100), said("whole too", tokens=99)], 100)
    assert list(found(tmp_path, "k", 3, 100)) == [0, 1, 2]
    assert list(found(tmp_path, "k", 3, 200)) == [0, 2]


def test_lowering_max_tokens_leaves_out_those_that_do_not_fit(tmp_path: Path) -> None:
    put(tmp_path, "k", 0, [said("short", tokens=50), said("long", tokens=51), said("cut", "length", 100)], 100)
    assert list(found(tmp_path, "k", 3, 50)) == [0]


def test_max_tokens_raised_and_lowered_again_give_what_they_gave_before(tmp_path: Path) -> None:
    put(tmp_path, "k", 0, [said("cut", "length", 100)], 100)
    put(tmp_path, "k", 0, [said("whole", tokens=60)], 200)
    put(tmp_path, "k", 0, [said("cut short", "length", 50)], 50)
    for _ in range(2):
        given = [found(tmp_path, "k", 1, max_tokens) for max_tokens in (50, 70, 100, 200, 300)]
        assert given == [{0: text} for text in ("cut short", "whole", "cut", "whole", "whole")]


def test_a_reply_that_a_server_counts_longer_than_asked_for_is_of_use_to_who_asked(tmp_path: Path) -> None:
    put(tmp_path, "k", 0, [said("a token more", tokens=101)], 100)
    assert list(found(tmp_path, "k", 1, 100)) == [0]


def test_of_two_for_one_sample_the_first_stays_the_one_that_is_found(tmp_path: Path) -> None:
    holder = Journal(tmp_path)
    run(holder.put("other", 0, [said("holds the first segment")], 100))
    put(tmp_path, "k", 0, [said("first")])
    run(holder.put("k", 0, [said("second")], 100))
    holder.close()
    assert len(segments(tmp_path)) == 2
    assert found(tmp_path, "k") == {0: "first"}
    index_of(tmp_path).unlink()
    assert found(tmp_path, "k") == {0: "first"}


def index_of(folder: Path) -> Path:
    (path,) = folder.glob("index-*.sqlite")
    return path


def test_a_torn_tail_is_passed_over_and_the_journal_goes_on(tmp_path: Path) -> None:
    put(tmp_path, "k", 0, [said("kept")])
    put(tmp_path, "k", 1, [said("torn")])
    (segment,) = segments(tmp_path)
    segment.write_bytes(segment.read_bytes()[:-20])
    assert found(tmp_path, "k", 3) == {0: "kept"}
    put(tmp_path, "k", 2, [said("after")])
    assert found(tmp_path, "k", 3) == {0: "kept", 2: "after"}
    index_of(tmp_path).unlink()
    assert found(tmp_path, "k", 3) == {0: "kept", 2: "after"}


@pytest.mark.parametrize(
    "middle", [b"", b"\0" * 300 + b"\n", b'{"key":"k","first":1,"max_t\n', b'{"key":"k","first":1}\n[1]\n\xff\n']
)
def test_torn_and_foreign_lines_in_the_middle_are_passed_over(tmp_path: Path, middle: bytes) -> None:
    for index in range(3):
        put(tmp_path, "k", index, [said(str(index))])
    (segment,) = segments(tmp_path)
    lines = [line for line in segment.read_bytes().splitlines(keepends=True) if line.strip()]
    segment.write_bytes(lines[0] + middle + lines[2])
    assert found(tmp_path, "k", 3) == {0: "0", 2: "2"}
    index_of(tmp_path).unlink()
    assert found(tmp_path, "k", 3) == {0: "0", 2: "2"}


def test_two_processes_write_at_once_and_each_finds_what_the_other_stored(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    both = [writer(tmp_path, name, "300") for name in ("a", "b")]
    keys = [key for process in both for key in process.communicate(timeout=60)[0].split()]
    assert len(keys) == 600
    assert lost(tmp_path, keys) == []
    assert len(run(journal.find("a-7", 1, 100))) == 1
    journal.close()


def test_ten_thousand_puts_make_a_few_files(tmp_path: Path) -> None:
    async def store() -> None:
        journal = Journal(tmp_path)
        await asyncio.gather(*(journal.put(f"k{number}", 0, [said("x" * 1000)], 100) for number in range(10_000)))
        journal.close()

    run(store())
    assert len(segments(tmp_path)) == 1
    assert len(list(tmp_path.iterdir())) <= 3


def test_journals_opened_one_after_the_other_go_on_with_one_segment(tmp_path: Path) -> None:
    for number in range(20):
        put(tmp_path, f"k{number}", 0, [said(str(number))])
    assert len(segments(tmp_path)) == 1
    assert [found(tmp_path, f"k{number}") for number in range(20)] == [{0: str(number)} for number in range(20)]


def test_loops_in_several_threads_share_a_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    missing: list[str] = []

    def work(name: str) -> None:
        async def one(key: str) -> None:
            await journal.put(key, 0, [said(key)], 100)
            if await journal.find(key, 1, 100) != {0: said(key)}:
                missing.append(key)

        async def go() -> None:
            await asyncio.gather(*(one(f"{name}-{number}") for number in range(200)))

        run(go())

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    journal.close()
    assert missing == []
    assert found(tmp_path, "3-199") == {0: "3-199"}


def test_a_put_that_is_cancelled_is_stored_all_the_same(tmp_path: Path) -> None:
    async def cancelled() -> None:
        journal = Journal(tmp_path)
        task = asyncio.create_task(journal.put("k", 0, [said("paid for")], 100))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(10):
            await journal.put("k", 1, [said("the next")], 100)
        journal.close()

    run(cancelled())
    assert found(tmp_path, "k", 2) == {0: "paid for", 1: "the next"}


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.close()
    with pytest.raises(StorageError, match="closed"):
        run(journal.put("k", 0, [said("late")], 100))


def test_a_request_is_known_by_its_messages_model_and_sampling_alone() -> None:
    messages = (Message("user", "hello"),)
    key = request_key(messages, "m", {"temperature": 1.0, "seed": 0})
    assert key == request_key(list(messages), "m", {"seed": 0, "temperature": 1.0})
    assert key != request_key(messages, "m", {"temperature": 0.5, "seed": 0})
    assert key != request_key(messages, "n", {"temperature": 1.0, "seed": 0})
    assert key != request_key((Message("system", "hello"),), "m", {"temperature": 1.0, "seed": 0})


def test_a_full_disk_is_told_and_tears_nothing_else(tmp_path: Path) -> None:
    program = f"""
import asyncio, resource
from steppingstone.errors import StorageError
from steppingstone.journal import Journal
from tests.journal.writing import said

async def main():
    journal = Journal({str(tmp_path)!r})
    await journal.put("k", 0, [said("kept")], 100)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))
    for _ in range(3):
        try:
            await journal.put("k", 1, [said("x" * 1000)], 100)
        except StorageError as error:
            print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await journal.put("k", 2, [said("after")], 100)
    print(sorted(await journal.find("k", 3, 100)))
    journal.close()

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count("can't be written: File too large") == 3
    assert done.stdout.splitlines()[-1] == "[0, 2]"
    assert found(tmp_path, "k", 3) == {0: "kept", 2: "after"}
    assert len(segments(tmp_path)) == 1


def test_what_was_stored_while_the_index_failed_is_found_by_the_next_that_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    journal = Journal(tmp_path)
    run(journal.put("k", 0, [said("before")], 100))
    with monkeypatch.context() as patch:
        patch.setattr(database.Database, "add", failing)
        with pytest.raises(StorageError, match="disk is full"):
            run(journal.put("k", 1, [said("meanwhile")], 100))
    run(journal.put("k", 2, [said("after")], 100))
    journal.close()
    assert found(tmp_path, "k", 3) == {0: "before", 1: "meanwhile", 2: "after"}


def test_a_folder_that_can_only_be_read_gives_what_is_in_it_and_takes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    put(folder, "k", 0, [said("kept")])
    folder.chmod(0o555)
    for path in folder.iterdir():
        path.chmod(0o444)
    program = f"""
import asyncio
from steppingstone.journal import Journal
from tests.journal.writing import said
journal = Journal({str(folder)!r})
print(asyncio.run(journal.find("k", 1, 100))[0].text)
asyncio.run(journal.put("k", 1, [said("more")], 100))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        preexec_fn=without_root_rights,
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
    )
    folder.chmod(0o755)
    assert done.stdout == "kept\n"
    assert done.stderr.splitlines()[-1].endswith("can't be written: Permission denied")


def without_root_rights() -> None:
    """Even root may then write only where the permissions let it. Others may not drop what they never had."""
    drop_from_bounding_set, override_permissions = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, override_permissions, 0, 0, 0)


def test_a_full_segment_ends_with_its_contents_and_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "FULL", 2**20)
    for number in range(40):
        put(tmp_path, f"k{number}", 0, [said("x" * 100_000)])
    finished = [path for path in segments(tmp_path) if path.stat().st_size >= 2**20]
    assert len(finished) == 3
    assert all(list(json.loads(path.read_bytes().splitlines()[-2])) == ["contents"] for path in finished)
    index_of(tmp_path).unlink()
    read: list[int] = []
    whole = local.LocalSegments.read
    monkeypatch.setattr(
        local.LocalSegments,
        "read",
        lambda self, name, start, end: read.append(end - start) or whole(self, name, start, end),
    )
    for number in range(40):
        assert len(found(tmp_path, f"k{number}")[0]) == 100_000
    size = sum(path.stat().st_size for path in segments(tmp_path))
    assert sum(read) < 40 * 110_000 + size / 4 + 40 * 100
