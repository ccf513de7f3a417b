"""A writer that is killed at any instant takes nothing with it that it said was stored."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journal.writing import found, lost, put, said, writer


def test_whatever_a_killed_process_said_was_stored_is_found(tmp_path: Path) -> None:
    moments = random.Random(7)
    stored: list[str] = []
    for turn in range(20):
        with writer(tmp_path, f"writer{turn}") as process:
            assert process.stdout
            keys = [process.stdout.readline().strip()]
            time.sleep(moments.uniform(0, 0.2))
            process.kill()
            # What the kill cut off in the middle of printing was not yet said.
            keys += [line.strip() for line in process.stdout if line.endswith("\n")]
        stored += keys
        assert lost(tmp_path, keys) == []
    assert len(stored) > 200
    assert lost(tmp_path, stored) == []
    for index in tmp_path.glob("index-*"):
        index.unlink()
    assert lost(tmp_path, stored) == []
    assert len(list(tmp_path.glob("*.jsonl"))) == 1


@pytest.mark.parametrize(
    "moment",
    ["LocalSegments.append", "Database.add", "sqlite3_commit"],
    ids=["before the write is on the disk", "between segment and index", "in the index's transaction"],
)
def test_a_kill_at_a_bad_moment_leaves_a_journal_that_goes_on(tmp_path: Path, moment: str) -> None:
    program = f"""
import asyncio, os, signal
from contextlib import contextmanager
from steppingstone.journal import Journal, database, local
from tests.journal.writing import said

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    journal = Journal({str(tmp_path)!r})
    await journal.put("k", 0, [said("before")], 100)
    if {moment!r} == "LocalSegments.append":
        os.fdatasync = die
    elif {moment!r} == "Database.add":
        database.Database.add = die
    else:
        whole = database.Database._transaction
        @contextmanager
        def torn(self):
            with whole(self) as writer:
                yield writer
                die()
        database.Database._transaction = torn
    await journal.put("k", 1, [said("the last")], 100)

asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    assert found(tmp_path, "k", 2) == {0: "before", 1: "the last"}
    put(tmp_path, "k", 2, [said("after")])
    assert found(tmp_path, "k", 3) == {0: "before", 1: "the last", 2: "after"}


def test_a_writer_does_not_wait_for_one_that_is_stopped(tmp_path: Path) -> None:
    with writer(tmp_path, "stopped") as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(19)
        started = time.monotonic()
        put(tmp_path, "k", 0, [said("meanwhile")])
        assert found(tmp_path, "k") == {0: "meanwhile"}
        assert time.monotonic() - started < 5
        process.kill()
