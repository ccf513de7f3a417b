"""Dask's scheduler and workers are asked what they are, before a batch is sent to them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from steppingstone.findings import State
from steppingstone.settings import Settings, StudentSettings
from tasks import survey as surveying
from tasks.survey import survey
from tests.clusters import ROOT, scheduler, workers


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with scheduler(tmp_path_factory.mktemp("dask")) as address:
        yield address


def copied(checkout: Path) -> Path:
    for folder in surveying.FOLDERS:
        shutil.copytree(ROOT / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return checkout


def test_what_is_amiss_with_a_worker_is_found_and_the_worker_named(cluster: str, tmp_path: Path) -> None:
    other, alike = copied(tmp_path / "other"), copied(tmp_path / "alike")
    (other / "tasks" / "split.py").write_text("# another")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "tasks.py").write_text("# Somebody else's.")
    settings = Settings(data_root=str(tmp_path / "data"), student=StudentSettings(base_urls=("http://127.0.0.1:9/v1",)))
    with workers(cluster, tmp_path, alike=alike, other=other, foreign=tmp_path / "foreign") as client:
        names = {details["id"]: f"Dask, worker {address}" for address, details in client.scheduler_info()["workers"].items()}
        told = {finding.name: str(finding) for finding in survey(client, settings, ())}
        assert set(told) == {names["other"], names["foreign"]}
        assert "runs other sources than are here" in told[names["other"]]
        assert "can't run what is sent to it: ModuleNotFoundError(\"No module named 'tasks.survey'" in told[names["foreign"]]

        (alike / "tasks" / "split.py").touch()
        found = [str(finding) for finding in survey(client, settings, ("student",)) if " and 1 more: " in finding.name + ": "]
        assert len(found) == 2
        assert "or was started before they were changed" in found[0]
        assert "student, http://127.0.0.1:9/v1: can't be reached" in found[1]
    assert not (tmp_path / "data").exists()


def test_a_cluster_of_this_checkout_is_fine_and_one_without_workers_is_waited_for(cluster: str, tmp_path: Path) -> None:
    settings = Settings(data_root=str(tmp_path))
    with distributed.Client(cluster, set_as_default=False) as client:
        (finding,) = survey(client, settings, ())
        assert (finding.state, "no worker is there now" in finding.said) == (State.NOTE, True)
    with workers(cluster, tmp_path, alike=ROOT) as client:
        (finding,) = survey(client, settings, ("teacher", "student"))
        assert (finding.state, finding.said.startswith("1 workers: ")) == (State.FINE, True), finding


def test_a_data_root_that_a_worker_does_not_see_is_wrong(tmp_path: Path) -> None:
    ((state, said, _),) = surveying._problems(Settings(data_root=str(tmp_path)), (), str(tmp_path / ".probe-elsewhere"))
    assert (state, "is not the folder that it is here" in said) == (State.WRONG, True)
