"""The platform on one machine, started once as `make up` starts it, with a real run and a real webhook."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import httpx
import pytest
import yaml
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_API_URL, temporary_settings

from infra.deploy import AUTOMATIONS
from infra.processes import free_port
from infra.running import MARK, running
from steppingstone import versions
from steppingstone.settings import Settings
from tasks.settle import settle
from tests.flows.running import SIZE
from tests.infra.platform_up import Platform, command, receiver, until

SHORT = {"PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "5"}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    data = tmp_path_factory.mktemp("up")
    root = ["--data_root", str(data)]
    with receiver() as (webhook, messages):
        done = command(*root, *SIZE, "--port", str(free_port()), "--webhook", webhook, **SHORT)
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


def test_each_address_that_it_prints_answers(platform: Platform) -> None:
    for name, address in platform.up.found.items():
        assert f"{name}:" in platform.printed
        assert address in platform.printed
        assert httpx.get(address.replace("/v1", "/v1/models"), follow_redirects=True).status_code == 200, name


def test_a_second_start_is_one_line_and_changes_nothing(platform: Platform) -> None:
    again = command("--data_root", str(platform.data))
    assert again.returncode == 2
    assert again.stdout.count("\n") == 1
    assert f"it is up already for {platform.data}: {platform.up.found[chr(80) + 'refect' + chr(39) + 's UI']}" in again.stdout
    assert running(platform.data) == platform.up


def test_nightly_has_a_schedule_and_the_others_are_started_by_hand(platform: Platform) -> None:
    made = {each["name"]: each for each in platform.api("POST", "/deployments/filter", {})}
    schedules = {name: [one["schedule"] for one in each["schedules"]] for name, each in made.items()}
    assert schedules.pop("nightly") == [{"cron": "0 1 * * *", "timezone": "Etc/UTC", "day_or": True}]
    assert schedules == {"generate": [], "regrade": [], "reverify": []}
    assert {each["parameters"]["settings"]["data_root"] for each in made.values()} == {str(platform.data)}
    assert [made[name]["parameters"]["settings"].get("random_seed", 0) for name in made if name in ("nightly", "generate")] == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"generation": {"rounds": 21}}, "21 is greater than the maximum of 20"),
        ({"generation": {"round": 2}}, "'round' was unexpected"),
        ({"random_seed": "tonight"}, "'tonight' is not valid"),
        ({"teacher": {"reasoning_effort": "huge"}}, "'huge' is not valid"),
    ],
)
def test_a_wrong_value_is_refused_before_there_is_a_run(platform: Platform, settings: dict[str, Any], named: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        platform.start("nightly/generate", settings)
    assert refused.value.response.status_code == 409
    assert named in refused.value.response.text
