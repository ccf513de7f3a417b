"""Disks that are full: one clear error, nothing damaged, and once there is room the same command goes on."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from steppingstone.disks import REMEDY
from steppingstone.versions import latest
from tests.faults.disk import Disk, disk
from tests.faults.site import Site, wait_until
from tests.flows.running import SIZE, Run, started
from tests.published import differing


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path / "small", megabytes=4) as made:
        yield made


@pytest.mark.parametrize("what", ["publishing", "journal", "table"])
def test_whatever_does_not_fit_leaves_what_was_there_and_is_written_once_it_fits(small: Disk, what: str) -> None:
    program = [sys.executable, "-m", "tests.faults.filling", what, str(small.folder)]
    done = subprocess.run([*small.within, *program], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) > 1
    assert all(str(small.folder) in each and REMEDY in each for each in told), told


@dataclass(frozen=True)
class Filled:
    """Two runs of one command: the first, and how many samples were answered while its disk was full; the second."""

    disk: Disk
    first: Run
    version: object
    while_full: int
    second: Run
    again: int


@pytest.fixture(scope="module")
def filled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A run whose data root, with the journal and Prefect's database in it, is filled while the models answer."""
    site.models.asked.clear()
    with disk(tmp_path_factory.mktemp("filled") / "data", megabytes=256) as made:
        command = [*SIZE, *site.options()]
        site.models.answers = 12
        with started(made.folder, *command, within=made.within) as (process, _):
            wait_until(site.models.still, "the models hold requests")
            before = site.models.asked.total()
            with made.filled():
                site.models.answers = float("inf")
                printed, _ = process.communicate(timeout=100)
        while_full = site.models.asked.total() - before
        first, version = Run(made.folder, process.returncode, printed), latest(made.seen)
        with started(made.folder, *command, within=made.within) as (process, _):
            printed, _ = process.communicate(timeout=300)
        yield Filled(made, first, version, while_full, Run(made.folder, process.returncode, printed), site.models.again)


def test_the_run_ends_with_one_error_that_names_the_folder_and_says_what_to_do(filled: Filled) -> None:
    assert filled.first.code == 1, filled.first.printed
    assert filled.first.printed.count("Failed:") == 1
    told = filled.first.printed.partition("Failed:")[2]
    assert str(filled.disk.folder) in told
    assert REMEDY in told
    assert "Traceback" not in filled.first.printed


def test_nothing_is_published(filled: Filled) -> None:
    assert filled.version is None


def test_once_there_is_room_the_same_command_goes_on(filled: Filled, undisturbed: Run) -> None:
    assert filled.second.code == 0, filled.second.printed
    assert not differing(filled.disk.seen, undisturbed.data)


def test_only_what_could_not_be_kept_is_asked_for_again(filled: Filled) -> None:
    assert filled.again <= filled.while_full
