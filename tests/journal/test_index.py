"""The index of a journal can be lost, damaged or in the way: what is stored is found all the same."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone.journal import Journal, local
from tests.journal.writing import found, lost, put, run, said, writer

COUNT = 400


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A journal with some hundred keys, and the keys."""
    folder = tmp_path_factory.mktemp("written")
    keys = writer(folder, "w", str(COUNT)).communicate(timeout=60)[0].split()
    assert len(keys) == COUNT
    return folder, keys


def index_of(folder: Path) -> Path:
    (path,) = folder.glob("index-*.sqlite")
    return path


def overwritten(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


def pages_overwritten(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def of_another_layout(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.executescript("CREATE TABLE lines (line TEXT); PRAGMA user_version = 99")
    connection.close()


def of_another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE segments (line TEXT)")
    connection.close()


DAMAGES = [Path.unlink, overwritten, pages_overwritten, cut_off, emptied, of_another_layout, of_another_program]


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_index_that_is_gone_or_damaged_is_made_anew(
    written: tuple[Path, list[str]], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder, keys = tmp_path / "journal", written[1]
    shutil.copytree(written[0], folder)
    damage(index_of(folder))
    assert lost(folder, keys) == []
    put(folder, "k", 0, [said("more")])
    assert found(folder, "k") == {0: "more"}
    check = sqlite3.connect(index_of(folder))
    assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()


@pytest.mark.parametrize("damage", [overwritten, pages_overwritten, Path.unlink])
def test_several_processes_can_open_a_damaged_index_at_once(
    written: tuple[Path, list[str]], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = tmp_path / "journal"
    shutil.copytree(written[0], folder)
    damage(index_of(folder))
    writers = [writer(folder, name, "50") for name in "abcd"]
    keys = [key for process in writers for key in process.communicate(timeout=60)[0].split()]
    assert len(keys) == 200
    assert lost(folder, keys + written[1]) == []


def test_an_index_damaged_while_it_is_in_use_is_made_anew(written: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    shutil.copytree(written[0], folder)
    journal = Journal(folder)
    pages_overwritten(index_of(folder))
    assert [key for key in written[1] if not run(journal.find(key, 1, 100))] == []
    run(journal.put("k", 0, [said("more")], 100))
    journal.close()
    assert lost(folder, written[1]) == []
    assert found(folder, "k") == {0: "more"}


def test_an_index_deleted_beside_the_log_of_a_killed_process_is_made_anew(tmp_path: Path) -> None:
    with writer(tmp_path, "w") as process:
        assert process.stdout
        keys = [process.stdout.readline().strip() for _ in range(50)]
        process.kill()
    assert list(tmp_path.glob("*-wal"))
    index_of(tmp_path).unlink()
    assert lost(tmp_path, keys) == []


def test_where_the_journals_folder_can_hold_no_index_the_cache_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = tmp_path / "journal", tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    put(folder, "k", 0, [said("kept")])
    index = index_of(folder)
    index.unlink()
    index.mkdir()
    assert found(folder, "k") == {0: "kept"}
    assert len(list(cache.glob("steppingstone/index-*.sqlite"))) == 1


def test_where_nothing_can_hold_an_index_one_is_made_for_the_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "journal"
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    put(folder, "k", 0, [said("kept")])
    index = index_of(folder)
    index.unlink()
    index.mkdir()
    assert found(folder, "k") == {0: "kept"}


def test_segments_taken_away_are_forgotten_and_put_back_are_found(written: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, aside = tmp_path / "journal", tmp_path / "aside"
    shutil.copytree(written[0], folder)
    (segment,) = folder.glob("*.jsonl")
    segment.rename(aside)
    assert len(lost(folder, written[1])) == COUNT
    put(folder, "k", 0, [said("more")])
    aside.rename(segment)
    assert lost(folder, written[1]) == []
    assert found(folder, "k") == {0: "more"}


def test_indexes_that_no_machine_touched_for_a_month_are_removed(tmp_path: Path) -> None:
    for name in ("index-gone.sqlite", "index-busy.sqlite"):
        (tmp_path / name).write_bytes(b"")
    os.utime(tmp_path / "index-gone.sqlite", (0, 0))
    put(tmp_path, "k", 0, [said("kept")])
    assert not (tmp_path / "index-gone.sqlite").exists()
    assert (tmp_path / "index-busy.sqlite").exists()


def test_what_a_process_stored_itself_is_not_read_again_when_the_journal_is_next_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "FULL", 20_000)
    for number in range(50):
        put(tmp_path, f"k{number}", 0, [said("x" * 1000)])

    def refused(*_: object) -> bytes:
        raise AssertionError("read again")

    monkeypatch.setattr(local.LocalSegments, "read", refused)
    Journal(tmp_path).close()


def test_an_index_takes_in_a_long_journal_in_little_memory(tmp_path: Path) -> None:
    line = b'{"key":"%032x","first":0,"max_tokens":100,"at":0.0,"completions":[]}\n'
    with (tmp_path / "20260101T000000Z-other-1.jsonl").open("wb") as file:
        file.writelines(line % number for number in range(300_000))
    program = f"""
from pathlib import Path
from steppingstone.journal import Journal, local
def most():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
before = most()
Journal({str(tmp_path)!r})
print(most() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40 * 1024
    journal = Journal(tmp_path)
    assert len(journal._index.find(f"{299_999:032x}", 1)) == 1
    journal.close()
