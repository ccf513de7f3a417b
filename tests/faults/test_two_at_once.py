"""Two runs at once: on one data root, of two commands with servers of their own, or of two flows on the same servers."""

import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from sql import ask
from steppingstone.catalog import open_catalog
from steppingstone.versions import damaged, latest, numbered, publishing
from tests.faults.site import Site, wait_until
from tests.flows.running import Run, finished, started
from tests.flows.test_again import copied

SMALL = ["--seeds.count", "2", "--generation.rounds", "2", "--generation.attempts", "4"]
AGAIN = "same command again"


def ended(processes: Sequence["subprocess.Popen[str]"]) -> list[str]:
    """What the commands said that ended with 1, by their place; the others ended with 0."""
    printed = [process.communicate(timeout=300)[0] for process in processes]
    codes = [process.returncode for process in processes]
    assert set(codes) <= {0, 1}, printed
    return [said if code else "" for said, code in zip(printed, codes, strict=True)]


def test_of_two_commands_on_one_data_root_the_second_publisher_is_told_and_goes_on(site: Site, tmp_path: Path) -> None:
    data = tmp_path / "data"
    commands = [[*SMALL, *site.options(), "--random_seed", seed] for seed in ("11", "12")]
    site.models.asked.clear()
    site.models.answers = 12
    with ExitStack() as stack:
        processes = [stack.enter_context(started(data, *command))[0] for command in commands]
        wait_until(lambda: len(list(data.glob("runs/*/batches"))) == 2 and site.models.still(), "both are in the middle")
        with publishing(data):
            site.models.answers = float("inf")
            wait_until(lambda: len(list(data.glob("runs/*/dataset"))) == 2, "both are about to publish")
        said = ended(processes)
    assert {path.name for path in data.glob("prefect*")} == {"prefect", "prefect-2"}
    (loser,) = [place for place, each in enumerate(said) if each]
    assert AGAIN in said[loser]
    asked = site.models.asked.total()
    again = finished(data, *commands[loser])
    assert again.code == 0, again.printed
    assert site.models.asked.total() == asked
    last = latest(data)
    assert last is not None
    assert last.number == 2
    assert not damaged(last)
    assert not damaged(numbered(data, 1))
    with open_catalog(data) as tables:
        assert len(ask(tables, "SELECT DISTINCT run_id FROM problems").rows) == 2


@pytest.fixture
def published(undisturbed: Run, tmp_path: Path) -> Path:
    return copied(undisturbed, tmp_path / "data")


def test_a_regrade_and_a_nightly_run_on_the_same_servers_both_come_into_the_dataset(
    site: Site, published: Path, undisturbed: Run
) -> None:
    nightly = ("nightly", [*SMALL, *site.options(), "--random_seed", "13"])
    regrade = ("regrade", ["--generation.attempts", "4", "--regrade.problems", "8", *site.options(), "--random_seed", "13"])
    site.models.answers = 12
    with ExitStack() as stack:
        runs = [
            stack.enter_context(started(published, *options, flow=flow, env=site.env))[0]
            for flow, options in (nightly, regrade)
        ]
        wait_until(lambda: len(list(published.glob("runs/*"))) == 2 and site.models.still(), "both are in the middle")
        site.models.answers = float("inf")
        said = ended(runs)
    for (flow, options), each in zip((nightly, regrade), said, strict=True):
        if each:
            assert AGAIN in each
            assert finished(published, *options, flow=flow, env=site.env).code == 0
    last, before = latest(published), latest(undisturbed.data)
    assert last is not None
    assert before is not None
    assert last.number == 3
    assert not damaged(last)
    assert last.rows["problems"] > before.rows["problems"]
    with open_catalog(published) as tables:
        regraded = ask(
            tables, "SELECT count(*) FROM problems WHERE attempt_count = 4 AND run_id <> (SELECT max(run_id) FROM problems)"
        )
    assert regraded.rows == [(8,)]
