"""What is left of something that was up: told from what is alive, and ended with nothing else."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.running import MARK, Up, end, kept, running, write
from tests.infra.platform_up import command


@contextmanager
def sleeper(mark: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env={MARK: mark})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_file_whose_keeper_has_died_counts_as_nothing_and_its_processes_are_ended(tmp_path: Path) -> None:
    with sleeper("dead") as left, sleeper("other") as other:
        write(tmp_path, Up(1, "dead"))
        assert running(tmp_path) is None
        with kept(tmp_path) as alone:
            assert alone
            assert left.wait(10)
            assert running(tmp_path) is None
        assert other.poll() is None


def test_two_cannot_keep_something_up_for_one_data_root(tmp_path: Path) -> None:
    with kept(tmp_path) as first, kept(tmp_path) as second:
        assert (first, second) == (True, False)
        write(tmp_path, Up(7, "mark", {"Prefect's UI": "http://127.0.0.1:1"}))
        assert running(tmp_path) == Up(7, "mark", {"Prefect's UI": "http://127.0.0.1:1"})
    assert running(tmp_path) is None


def test_a_mark_ends_the_processes_that_bear_it_or_begin_with_it(tmp_path: Path) -> None:
    with sleeper("mine") as mine, sleeper("mine/run") as run, sleeper("yours") as yours:
        assert end("mine") == 2
        assert (bool(mine.wait(10)), bool(run.wait(10)), yours.poll()) == (True, True, None)


def test_a_start_that_fails_half_way_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    nowhere = "sqlite+aiosqlite:////proc/nowhere.db"
    failed = command("--data_root", str(tmp_path), PREFECT_SERVER_DATABASE_CONNECTION_URL=nowhere)
    assert failed.returncode == 1
    assert failed.stdout.count("\n") == 1
    assert failed.stdout.startswith("Prefect's server ended with exit code")
    assert running(tmp_path) is None


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    refused = command("--data_root", str(tmp_path / "data"), "--generation.rounds", "21")
    assert (refused.returncode, refused.stdout.count("\n")) == (2, 1)
    assert refused.stdout.startswith("generation.rounds = '21'")
    assert not (tmp_path / "data").exists()
