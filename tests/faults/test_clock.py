"""Clocks that are changed: at the hour of a schedule, and in the middle of a run."""

import ast
import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prefect.server.schemas.schedules import CronSchedule

from steppingstone.budget import Budget
from steppingstone.settings import CapSettings
from steppingstone.spending import Purse

ROOT = Path(__file__).parent.parent.parent
SPRING, AUTUMN = datetime(2027, 3, 28), datetime(2027, 10, 31)
WALL = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
DATES = {
    "steppingstone/budget.py": "hands the end of the run to other machines",
    "steppingstone/spending.py": "takes it from there",
    "steppingstone/journal/index.py": "the age of a file",
    "steppingstone/journal/journal.py": "when a line was put",
    "steppingstone/evaluation/results.py": "the metrics' `created`",
    "steppingstone/servers/exchange.py": "a date that a server sent",
    "steppingstone/offline/protocol.py": "the protocol's `created`",
    "steppingstone/versions.py": "the manifest's `created`",
    "tasks/expose.py": "when a version was published",
    "tasks/extract.py": "the name of a run",
}


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("hour", range(5))
def test_each_night_has_one_run_however_the_clocks_are_changed(change: datetime, hour: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    schedule = CronSchedule(cron=f"0 {hour} * * *", timezone=zone.key)
    noon = (change - timedelta(days=3, hours=12)).replace(tzinfo=zone)
    dates = asyncio.run(schedule.get_dates(100, noon, noon + timedelta(days=6)))
    nights = [date.astimezone(zone).date() for date in dates]
    assert nights == [(change + timedelta(days=day)).date() for day in range(-3, 3)]


def test_a_clock_that_is_set_neither_ends_a_run_nor_keeps_it_going(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(CapSettings(hours=2))
    allowance = budget.grant("00000", 1)
    assert allowance is not None
    purse, now = Purse(allowance), time.time
    for step in (3 * 3600, -3 * 3600):
        monkeypatch.setattr(time, "time", lambda step=step: now() + step)
        purse.check()
        assert budget.reached() == ""
        assert budget.share() < 0.01


def test_a_batch_that_is_begun_after_the_clock_was_set_has_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    budget, now = Budget(CapSettings(hours=2)), time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3 * 3600)
    allowance = budget.grant("00000", 1)
    assert allowance is not None
    Purse(allowance).check()


def test_only_dates_are_read_from_the_clock_on_the_wall() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("steppingstone", "tasks", "flows", "infra")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in WALL
    }
    assert found == set(DATES)
