"""What Prefect's UI shows of runs, read back from a real server, and in a real browser."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from infra.services import prefect_served
from steppingstone import versions
from steppingstone.tiers import write_tiers
from tests.drafts import make_draft, seeds
from tests.flows.running import ROOT, Run
from tests.report.browser import look_at, needs_browser

STEPS = {
    "check": "prepare", "extract seeds": "prepare", "generate": "models", "adopt": "sandbox", "validate": "gate",
    "decontaminate": "curate", "deduplicate": "curate", "split": "gate", "combine": "curate", "arrange": "curate",
    "guard": "gate", "publish": "publish", "summarize": "report",
}  # fmt: skip

TABLES = {
    "yield-waterfall", "tier-by-environment", "yield-by-round", "p-by-round", "rejections-by-reason",
    "cost-by-environment-and-round", "cost-of-a-kept-problem", "curricula", "gates", "generation",
}  # fmt: skip


class Server:
    """A Prefect server over the database of the undisturbed run, on which the flows of `ending` ran, too."""

    def __init__(self, url: str, printed: str) -> None:
        self.url = url
        self.printed = printed
        """By the flows of `ending`."""

    def found(self, what: str, **asked: Any) -> list[dict[str, Any]]:
        """What the API has of a kind."""
        body = json.dumps(asked).encode()
        with urlopen(Request(f"{self.url}/{what}/filter", body, {"Content-Type": "application/json"})) as reply:
            return list(json.load(reply))

    def run(self, flow: str) -> dict[str, Any]:
        """The last run of a flow."""
        (run,) = self.found("flow_runs", flows={"name": {"any_": [flow]}})
        return run

    def tasks(self, flow: str) -> list[dict[str, Any]]:
        return self.found("task_runs", flow_runs={"id": {"any_": [self.run(flow)["id"]]}})

    def artifacts(self, flow: str) -> dict[str, dict[str, Any]]:
        """The artifacts of a run by their keys, each of which stands once."""
        found = self.found("artifacts", artifacts={"flow_run_id": {"any_": [self.run(flow)["id"]]}})
        assert len({each["key"] for each in found}) == len(found)
        return {each["key"]: each for each in found}

    def table(self, flow: str, key: str) -> list[dict[str, Any]]:
        data = self.artifacts(flow)[key]["data"]
        return list(json.loads(data) if isinstance(data, str) else data)


@pytest.fixture(scope="module")
def server(undisturbed: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("seen")
    shutil.copytree(undisturbed.data / "prefect", data / "prefect")
    broken, sound = make_draft(data / "broken", seeds=[*seeds(), seeds()[0]]), make_draft(data / "sound")
    write_tiers(sound, {})
    with prefect_served(data) as env:
        ended = [sys.executable, "-m", "tests.flows.ending", str(broken), str(sound)]
        done = subprocess.run(ended, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        yield Server(env["PREFECT_API_URL"], done.stderr)


def test_a_run_is_called_by_its_flow_its_day_and_its_seed(server: Server) -> None:
    run = server.run("nightly")
    assert run["name"] == f"nightly {run['expected_start_time'][:10]} seed 0"


def test_a_run_is_found_by_its_models(server: Server) -> None:
    assert server.run("nightly")["tags"] == ["offline-student", "offline-teacher"]


def test_steps_are_called_by_their_verbs_and_found_by_their_stage(server: Server) -> None:
    seen = {task["name"].partition(" 0")[0]: task["tags"] for task in server.tasks("nightly")}
    assert seen == {name: [tag] for name, tag in STEPS.items()}


def test_a_run_reports_what_it_came_to(server: Server, undisturbed: Run) -> None:
    shown = server.artifacts("nightly")
    assert shown.keys() >= TABLES | {"progress", "summary", "report"}
    assert sum(row["kept"] for row in server.table("nightly", "yield-waterfall") if row["environment"] != "all") > 0
    assert "all seeds are through" in shown["summary"]["data"]
    assert str(versions.published(undisturbed.data).folder / "report.html") in shown["report"]["data"]


def test_plots_are_pictures_that_need_no_address(server: Server) -> None:
    assert server.artifacts("nightly")["summary"]["data"].count("![](data:image/svg+xml;base64,") == 2


def test_all_gates_of_a_run_stand_in_one_table(server: Server, undisturbed: Run) -> None:
    told = versions.manifest_of(versions.published(undisturbed.data))["gates"]
    shown = server.table("nightly", "gates")
    assert {(row["suite"], row["expectation"], row["held"]) for row in shown} == {
        (each["suite"], each["expectation"], "yes" if each["ok"] else "no") for each in told
    }
    assert {"column", "observed", "rows failing", "severity"} <= set(shown[0])


def test_a_gate_that_stops_a_run_is_shown_with_what_failed_first(server: Server) -> None:
    first = server.table("gated", "gates")[0]
    assert (first["held"], first["suite"], first["expectation"]) == ("no", "seeds", "a_seed_id_names_one_seed")
    assert (first["rows failing"], first["severity"]) == ("2 of 6", "stops publishing")


def test_the_message_of_a_failed_gate_says_which_what_and_what_to_do(server: Server) -> None:
    said = server.run("gated")["state"]["message"]
    for text in ("GateFailed", "seeds: a_seed_id_names_one_seed", "2 of 6 rows fail; saw seed-0", "What to do: the table"):
        assert text in said


@pytest.mark.parametrize(
    ("flow", "texts"),
    [
        ("surprised", ("Unforeseen: KeyError: 'a name that is not there'", "What to do: it may be a fault of the program")),
        ("let down", ("InfrastructureError: batch 00003 failed again: http://a/v1", "What to do: `python -m infra.doctor`")),
    ],
)
def test_a_failure_says_what_to_do(server: Server, flow: str, texts: tuple[str, ...]) -> None:
    run = server.run(flow)
    assert run["state"]["type"] == "FAILED"
    for text in texts:
        assert text in run["state"]["message"]


def test_a_curriculum_that_is_short_is_told_where_people_look(server: Server) -> None:
    assert "Curricula: easy_first 30, mix 12" in server.printed
    assert "Curriculum mix is short: 3 problems of real wanted, 0 there" in server.printed
    told = [(row["rows"], row["short"]) for row in server.table("short", "curricula")]
    assert told == [(30, ""), (12, "3 problems of real wanted, 0 there")]


def test_a_failed_batch_is_shown_as_failed_with_what_the_server_said(server: Server) -> None:
    (batch,) = server.tasks("let down")
    assert (batch["name"], batch["state"]["type"]) == ("generate 00003", "FAILED")
    assert "503 for 600 s; it said: overloaded" in batch["state"]["message"]


def test_a_run_that_was_interrupted_says_what_stays(server: Server) -> None:
    run = server.run("interrupted")
    assert run["state"]["type"] == "CRASHED"
    said = server.found("logs", logs={"flow_run_id": {"any_": [run["id"]]}})
    assert any("what the models said is in the journal" in line["message"] for line in said)


@needs_browser
def test_the_run_the_summary_and_a_failed_gate_show_in_a_browser(server: Server, tmp_path: Path) -> None:
    run, site = server.run("nightly"), server.url.removesuffix("/api")
    summary, gates = server.artifacts("nightly")["summary"], server.artifacts("gated")["gates"]
    pages = {
        f"runs/flow-run/{run['id']}": (run["name"], "offline-student", "Completed"),
        f"artifacts/artifact/{summary['id']}": ('<img src="data:image/svg+xml;base64,', "all seeds are through"),
        f"artifacts/artifact/{gates['id']}": ("a_seed_id_names_one_seed", "2 of 6", "stops publishing"),
    }
    for number, (page, texts) in enumerate(pages.items()):
        seen = look_at(f"{site}/{page}", tmp_path / str(number), "--virtual-time-budget=20000")
        for text in texts:
            assert text in seen.html, (page, text)
