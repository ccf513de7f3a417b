"""The nightly flow as a user runs it: a process of its own, with a real Prefect server, Dask cluster and offline models."""

import json
import signal
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from sql import ask, questions
from steppingstone.catalog import open_catalog
from steppingstone.tables import TABLES
from steppingstone.versions import damaged, latest
from tests.flows.running import ATTEMPTS, ROUNDS, SEEDS, SIZE, Run, finished, marked, started
from tests.model_server import Said, serving
from tests.offline.conftest import start_server
from tests.published import differing, rows

FAULTS = (
    "rate-limit",
    "rate-limit-bare",
    "error-500",
    "overloaded",
    "refuse",
    "reset",
    "stall",
    "malformed",
    "html",
    "no-choices",
)


def test_it_publishes_every_table_whole(undisturbed: Run) -> None:
    version = latest(undisturbed.data)
    assert version is not None
    assert not damaged(version)
    assert {path.stem for path in version.folder.glob("*.parquet")} == set(TABLES)


def test_it_begins_with_a_look_at_all_that_it_stands_on(undisturbed: Run) -> None:
    looked, drew = undisturbed.printed.find(" things were looked at; "), undisturbed.printed.find(" seeds from ")
    assert 0 < looked < drew


def test_every_round_left_a_problem_or_a_rejection(undisturbed: Run) -> None:
    with open_catalog(undisturbed.data) as tables:
        (rounds,) = tables.execute("""
            SELECT count(*) FROM (SELECT chain_id, round FROM problems UNION SELECT chain_id, round FROM rejections)
        """).fetchone() or (0,)
    assert rounds == SEEDS * 4 * ROUNDS


def test_every_problem_has_its_attempts_and_a_reward_for_each(undisturbed: Run) -> None:
    with open_catalog(undisturbed.data) as tables:
        counts = tables.execute("""
            SELECT DISTINCT p.attempt_count, count(*), count(a.reward), sum(a.reward) = p.pass_count
            FROM problems AS p JOIN attempts AS a USING (problem_id)
            GROUP BY p.problem_id, p.attempt_count, p.pass_count
        """).fetchall()
    assert counts == [(ATTEMPTS, ATTEMPTS, ATTEMPTS, True)]


def test_all_four_environments_gave_problems(undisturbed: Run) -> None:
    assert {row["environment"] for row in rows(undisturbed.data, "problems")} == {
        "induction",
        "abduction",
        "deduction",
        "fuzzing",
    }


def test_the_summary_says_what_it_came_to_and_what_to_do_next(undisturbed: Run) -> None:
    for name in ("tier_by_environment", "yield_by_round", "p_by_round", "rejections_by_reason"):
        assert questions()[name].asks in " ".join(undisturbed.printed.split())
    assert "after harder p changed by" in undisturbed.printed
    assert undisturbed.printed.count("python -m sql") == 3


@pytest.mark.parametrize("name", questions())
def test_every_question_has_an_answer(undisturbed: Run, name: str) -> None:
    with open_catalog(undisturbed.data) as tables:
        assert ask(tables, name).columns


def test_ctrl_c_stops_every_process_and_the_same_command_goes_on(undisturbed: Run, tmp_path: Path) -> None:
    with started(tmp_path, *SIZE) as (process, mark):
        journal = tmp_path / "journal"
        deadline = time.monotonic() + 120
        while not sum(path.stat().st_size for path in journal.glob("*.jsonl")) > 50_000:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "the same command goes on from there" in printed
        assert not marked(mark)
    assert latest(tmp_path) is None
    said = {line for path in journal.glob("*.jsonl") for line in path.read_text().splitlines()}
    again = finished(tmp_path, *SIZE)
    assert again.code == 0, again.printed
    assert said < {line for path in journal.glob("*.jsonl") for line in path.read_text().splitlines()}
    assert not differing(tmp_path, undisturbed.data)


def test_a_server_that_fails_three_requests_of_ten_changes_no_row(undisturbed: Run, tmp_path: Path) -> None:
    faults = [f"--fault={kind}=0.03" for kind in FAULTS]
    process, url = start_server(*faults)
    try:
        servers = [f"--{model}.{option}" for model in ("teacher", "student") for option in (f"base_urls={url}", "timeout_s=5")]
        run = finished(tmp_path, *SIZE, *servers)
        assert run.code == 0, run.printed
        with urlopen(f"{url.removesuffix('/v1')}/stats") as reply:
            committed = json.load(reply)["faults"]
    finally:
        process.kill()
        process.wait()
    assert len(committed) >= 7
    # A request that servers fail again and again is divided, and then pays for its prompt more than once.
    assert not differing(tmp_path, undisturbed.data, tokens=False)


def test_what_only_a_model_can_show_stops_the_run_before_it_spends(tmp_path: Path) -> None:
    refusal = Said({"error": {"message": "temperature must be 0"}}, 400)
    with serving(lambda _: refusal, models=("offline-student",)) as server:
        run = finished(tmp_path, *SIZE, "--student.base_urls", server.base_url)
    assert run.code == 2
    said = f"Bad input: student, {server.base_url}: refuses such requests as a run sends: 400; it said: temperature must be 0"
    assert said in run.printed
    assert not list(tmp_path.glob("journal/*"))


def test_bad_input_is_one_line_and_starts_nothing(tmp_path: Path) -> None:
    run = finished(tmp_path / "data", "--seeds.corpus.paths", '["nowhere/*.parquet"]')
    assert run.code == 2
    assert run.printed.startswith("Bad input: seeds: no readable file behind 'nowhere/*.parquet'")
    assert run.printed.count("\n") == 1
    assert not (tmp_path / "data").exists()
