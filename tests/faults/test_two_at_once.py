"""Two runs at once: of two command lines with one data root, on the same Prefect server and the same Dask workers."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from sql import ask
from steppingstone.catalog import open_catalog
from steppingstone.versions import damaged, latest, numbered, publishing
from tests.faults.site import Site, wait_until
from tests.flows.running import Run, finished, started
from tests.flows.test_again import copied

REGRADED = 8
SEED = ["--random_seed", "13"]
OPTIONS: Mapping[str, Sequence[str]] = {
    "nightly": ["--seeds.count", "2", "--generation.rounds", "2", "--generation.attempts", "4", *SEED],
    "regrade": ["--generation.attempts", "4", "--regrade.problems", str(REGRADED), *SEED],
}


@dataclass(frozen=True)
class AtOnce:
    """What the run that published second said, and of the same command again: its end, and the samples that it asked for."""

    data: Path
    refused: str
    again: Run
    asked: int


@pytest.fixture(scope="module")
def at_once(site: Site, undisturbed: Run, tmp_path_factory: pytest.TempPathFactory) -> AtOnce:
    """A nightly run and a regrade that add to the same version."""
    data = copied(undisturbed, tmp_path_factory.mktemp("at_once") / "data")
    site.models.answers = 12
    with ExitStack() as stack:
        runs = {
            flow: stack.enter_context(started(data, *options, *site.options(), flow=flow, env=site.env))[0]
            for flow, options in OPTIONS.items()
        }
        wait_until(lambda: len(list(data.glob("runs/*"))) == 2 and site.models.still(), "both are in the middle of things")
        with publishing(data):
            site.models.answers = float("inf")
            wait_until(lambda: len(list(data.glob("runs/*/dataset"))) == 2, "both are about to publish")
        printed = {flow: process.communicate(timeout=300)[0] for flow, process in runs.items()}
        (refused,) = [flow for flow, process in runs.items() if process.returncode]
    before = site.models.asked.total()
    again = finished(data, *OPTIONS[refused], *site.options(), flow=refused, env=site.env)
    return AtOnce(data, printed[refused], again, site.models.asked.total() - before)


def test_the_second_publisher_is_told_to_run_again(at_once: AtOnce) -> None:
    assert at_once.refused.count("Failed:") == 1
    assert "same command again" in at_once.refused


def test_run_again_it_publishes_and_asks_no_model(at_once: AtOnce) -> None:
    assert at_once.again.code == 0, at_once.again.printed
    assert at_once.asked == 0


def test_the_dataset_holds_what_both_added_and_every_version_is_whole(at_once: AtOnce) -> None:
    last = latest(at_once.data)
    assert last is not None
    assert last.number == 3
    assert not [name for number in (1, 2, 3) for name in damaged(numbered(at_once.data, number))]
    with open_catalog(at_once.data) as tables:
        # The first by their ids are the ones that a regrade of so many takes.
        first = f"FROM problems ORDER BY problem_id LIMIT {REGRADED}"
        assert list(ask(tables, f"SELECT DISTINCT attempt_count FROM ({first})").rows) == [(4,)]
        assert len(ask(tables, "SELECT DISTINCT run_id FROM problems").rows) == 2
