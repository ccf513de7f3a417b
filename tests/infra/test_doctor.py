"""The doctor before real servers: what is fine is said to be, and each thing that is wrong, with what to do."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings

from infra.doctor import main
from infra.services import prefect_served
from tests.clusters import ROOT, scheduler, workers
from tests.offline.conftest import start_server

NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture(scope="module")
def prefect_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prefect_served(tmp_path_factory.mktemp("prefect")) as env:
        yield env["PREFECT_API_URL"]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASK_SCHEDULER", raising=False)


def schedule() -> None:
    """A deployment with a schedule, of a pool that has no worker."""
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name="machines", type="process"))
        cron = CronSchedule(cron="0 2 * * *", timezone="Europe/Berlin")
        client.create_deployment(
            client.create_flow(flow(lambda: None, name="nightly")),
            "nightly",
            schedules=[DeploymentScheduleCreate(schedule=cron)],
            work_pool_name="machines",
        )


def test_real_servers_that_do_what_a_run_needs_are_fine(
    prefect_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    process, url = start_server("--workers", "1", "--single")
    try:
        with scheduler(tmp_path) as address, workers(address, tmp_path, alike=ROOT):
            monkeypatch.setenv("DASK_SCHEDULER", address)
            with temporary_settings({PREFECT_API_URL: prefect_url}):
                schedule()
                code = main(["--json", "--data_root", str(tmp_path / "data"), "--student.base_urls", url])
    finally:
        process.kill()
        process.wait()
    found = json.loads(capsys.readouterr().out)
    assert code == 0, found
    states = {f"{one['name']}: {one['said']}": one["state"] for one in found}
    assert [said for said, state in states.items() if state not in ("fine", "note")] == []
    (pool,) = [said for said in states if said.startswith("schedule")]
    assert "runs at 0 2 * * * (Europe/Berlin), and no worker is there for its pool 'machines'" in pool
    fine = [said for said, state in states.items() if state == "fine"]
    for told in (f"Prefect: {prefect_url} answers", "Dask: 1 workers", f"student, {url}: seed: the same one", "teacher: the"):
        assert any(said.startswith(told) for said in fine), (told, fine)
    assert states[f"student, {url}: n: one choice a request, whatever n is; each becomes a request of its own"] == "note"


def test_all_that_is_wrong_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DASK_SCHEDULER", "tcp://127.0.0.1:9")
    (tmp_path / "file").write_text("")
    options = ["--data_root", str(tmp_path / "file"), "--seeds.corpus.paths", "nowhere", "--teacher.base_urls", NOBODY]
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        assert main(options) == 1
    lines = capsys.readouterr().out.splitlines()
    wrong = [line.removeprefix("wrong").split(":")[0].strip() for line in lines if line.startswith("wrong")]
    assert wrong == ["Prefect", "seeds", "data root", "journal", "teacher, http", "Dask"]
    assert lines[-1] == "6 of these have to be mended before a run."


def test_another_server_behind_the_schedulers_address_is_no_scheduler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    process, url = start_server("--workers", "1")
    try:
        monkeypatch.setenv("DASK_SCHEDULER", url.removesuffix("/v1").replace("http", "tcp"))
        assert main(["--data_root", str(tmp_path), "--flow", "nightly"]) == 1
    finally:
        process.kill()
        process.wait()
    assert "where no scheduler answers (it speaks another protocol" in capsys.readouterr().out


def test_settings_that_cannot_be_used_are_told_from_a_machine_that_is_not_ready(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--settings", "none.toml"]) == 2
    assert "settings file 'none.toml': No such file" in capsys.readouterr().err
