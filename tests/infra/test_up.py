"""The platform on one machine, started once as `make up` starts it, with a real run and a real webhook."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.events.schemas.automations import AutomationCore
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_API_URL, temporary_settings

from infra.deploy import AUTOMATIONS
from infra.processes import free_port
from infra.running import MARK, STATE, running
from steppingstone import versions
from steppingstone.settings import Settings
from tasks.settle import settle
from tests.flows.running import SIZE
from tests.infra.platform_up import Platform, command, receiver, until

SOON = {"PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "5"}
WITHIN_S = 10
"""The shortest time in which Prefect notices that something has not come."""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    data = tmp_path_factory.mktemp("up")
    root = ["--data_root", str(data)]
    with receiver() as (webhook, messages):
        done = command(*root, *SIZE, "--port", str(free_port()), "--webhook", webhook, **SOON)
        try:
            assert done.returncode == 0, done.stdout + done.stderr
            up = running(data)
            assert up is not None
            yield Platform(data, up, done.stdout, messages)
        finally:
            command("--down", *root)


def marked(mark: str) -> list[str]:
    """Command lines of the processes that belong to what is up."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def state_of(platform: Platform, run: dict[str, Any]) -> str:
    """What the record says of a run when no server is up any more."""
    with closing(sqlite3.connect(platform.data / "prefect" / "prefect.db")) as database:
        (name,) = database.execute("SELECT state_name FROM flow_run WHERE id = ?", [run["id"]]).fetchone()
    return str(name)


def test_each_address_that_it_prints_answers(platform: Platform) -> None:
    assert set(platform.up.found) == {"Prefect's UI", "Dask's dashboard", "Reports", "Offline models"}
    for name, address in platform.up.found.items():
        assert f"{name}:" in platform.printed
        assert address in platform.printed
        assert httpx.get(address.replace("/v1", "/v1/models"), follow_redirects=True, timeout=60).status_code == 200, name


def test_a_second_start_is_one_line_and_changes_nothing(platform: Platform) -> None:
    again = command("--data_root", str(platform.data))
    assert again.returncode == 2
    ui = platform.up.found["Prefect's UI"]
    assert again.stdout == f"it is up already for {platform.data}: {ui}; `make down` stops it\n"
    assert running(platform.data) == platform.up


def test_nightly_has_a_schedule_and_the_others_are_started_by_hand(platform: Platform) -> None:
    made = {each["name"]: each for each in platform.api("POST", "/deployments/filter", {})}
    schedules = {name: [one["schedule"] for one in each["schedules"]] for name, each in made.items()}
    assert schedules.pop("nightly") == [{"cron": "0 1 * * *", "timezone": "Etc/UTC", "day_or": True}]
    assert schedules == {"generate": [], "regrade": [], "evaluate": [], "reverify": []}


def test_runs_have_the_settings_that_it_was_started_with_and_another_random_seed_each_night(platform: Platform) -> None:
    given = {each["name"]: each["parameters"]["settings"] for each in platform.api("POST", "/deployments/filter", {})}
    assert {each["data_root"] for each in given.values()} == {str(platform.data)}
    assert {each["seeds"]["count"] for each in given.values()} == {4}
    assert {name: each.get("random_seed", "left out") for name, each in given.items()} == {
        "nightly": None,
        "generate": None,
        "regrade": "left out",
        "evaluate": "left out",
        "reverify": "left out",
    }


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"generation": {"rounds": 21}}, "21 is greater than the maximum of 20"),
        ({"generation": {"round": 2}}, "'round' was unexpected"),
        ({"student": {"base_urls": ["gpu-1:8000"]}}, "'gpu-1:8000' does not match"),
        ({"teacher": {"reasoning_effort": "huge"}}, "'huge' is not one of"),
    ],
)
def test_a_wrong_value_is_refused_and_no_run_is_made(platform: Platform, settings: dict[str, Any], named: str) -> None:
    before = platform.api("POST", "/flow_runs/count", {})
    with pytest.raises(httpx.HTTPStatusError) as refused:
        platform.start("nightly/generate", settings)
    assert refused.value.response.status_code == 409
    assert named in refused.value.response.json()["detail"]
    assert platform.api("POST", "/flow_runs/count", {}) == before


def test_a_run_that_is_started_by_hand_publishes_with_the_day_as_its_random_seed(platform: Platform) -> None:
    run = platform.ended(platform.start("nightly/generate", {}))
    assert run["state_name"] == "Completed", run["state"]
    (version,) = (platform.data / "versions").glob("v=*")
    day = datetime.fromisoformat(run["expected_start_time"]).astimezone(UTC)
    assert versions.manifest_of(versions.published(platform.data))["settings"]["random_seed"] == int(f"{day:%Y%m%d}")
    report = httpx.get(f"{platform.up.found['Reports']}/{version.name}/report.html")
    assert report.content == (version / "report.html").read_bytes()


def test_the_day_is_that_of_the_scheduled_start_in_the_schedules_time_zone(platform: Platform) -> None:
    @flow(name="settled")
    def settled() -> int | None:
        return settle(Settings(random_seed=None)).random_seed

    zone = {"schedule": {"cron": "0 1 * * *", "timezone": "Pacific/Kiritimati"}, "active": False}
    with temporary_settings({PREFECT_API_URL: platform.up.environment["PREFECT_API_URL"]}):
        made = platform.api("POST", "/flows/", {"name": "settled"})
        body = {"name": "far", "flow_id": made["id"], "schedules": [zone]}
        deployment = platform.api("POST", "/deployments/", body)
        start = {"state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2026-03-31T11:00:00Z"}}}
        run = platform.api("POST", f"/deployments/{deployment['id']}/create_flow_run", start)
        with get_client(sync_client=True) as client:
            begun = client.read_flow_run(UUID(run["id"]))
        assert run_flow(settled, flow_run=begun) == 20260401


def test_a_failed_run_tells_the_webhook_which_one_and_what_to_do(platform: Platform) -> None:
    run = platform.ended(platform.start("regrade/regrade", {"regrade": {"environments": ["fuzzy"]}}))
    assert run["state_name"] == "Failed"
    told = platform.told(run["name"], "Failed")
    assert "regrade run" in told
    assert "none is of fuzzy; they are of" in told
    assert f"/runs/flow-run/{run['id']}" in told


def test_a_night_that_no_worker_takes_tells_the_webhook(platform: Platform) -> None:
    platform.api("PATCH", "/work_pools/steppingstone", {"is_paused": True})
    try:
        run = platform.start("nightly/nightly", {})
        assert "was to start at" in platform.told(run["name"], "is a worker up for the pool steppingstone?")
    finally:
        platform.api("PATCH", "/work_pools/steppingstone", {"is_paused": False})
        platform.api("DELETE", f"/flow_runs/{run['id']}")


def hurried(platform: Platform, name: str) -> None:
    """Has one of the declared automations wait for seconds only."""
    (declared,) = [each for each in yaml.safe_load(AUTOMATIONS.read_text("utf-8")) if each["name"] == name]
    (made,) = [each for each in platform.api("POST", "/automations/filter", {}) if each["name"] == name]
    assert made["trigger"]["within"] == declared["trigger"]["within"]
    made["trigger"]["within"] = WITHIN_S
    changed = AutomationCore.model_validate(made).model_dump(mode="json", exclude={"owner_resource"})
    platform.api("PUT", f"/automations/{made['id']}", changed)


def test_a_night_that_is_missing_tells_the_webhook(platform: Platform) -> None:
    hurried(platform, "steppingstone night is missing")
    assert "no run of the nightly deployment was completed" in platform.told("26 hours")


def test_a_run_whose_heart_stopped_is_crashed_and_told(platform: Platform) -> None:
    hurried(platform, "steppingstone run lost")
    deployment = platform.deployment("nightly/nightly")
    body = {"name": "lost", "flow_id": deployment["flow_id"], "tags": ["steppingstone"], "deployment_id": deployment["id"]}
    run = platform.api("POST", "/flow_runs/", body | {"state": {"type": "RUNNING"}})
    tag = {"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.steppingstone"}
    with temporary_settings({PREFECT_API_URL: platform.up.environment["PREFECT_API_URL"]}):
        emit_event("prefect.flow-run.heartbeat", {"prefect.resource.id": f"prefect.flow-run.{run['id']}"}, related=[tag])
    assert platform.ended(run, 120)["state_name"] == "Crashed"
    assert "Nothing was heard of its process" in platform.told("lost of flow nightly")


def test_down_ends_a_run_that_goes_on_and_leaves_nothing_behind(platform: Platform) -> None:
    run = platform.start("nightly/generate", {"seeds": {"count": 100}, "random_seed": 1})
    until(lambda: (platform.run(run)["state_name"] == "Running") or None, 120)
    assert len(marked(platform.up.mark)) >= 8
    down = command("--down", "--data_root", str(platform.data))
    assert (down.returncode, down.stdout) == (0, f"stopped all that was up for {platform.data}\n")
    assert not marked(platform.up.mark)
    assert not (platform.data / STATE).exists()
    assert state_of(platform, run) == "Stopped"
    again = command("--down", "--data_root", str(platform.data))
    assert (again.returncode, again.stdout) == (0, f"nothing is up for {platform.data}\n")
