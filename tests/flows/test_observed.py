"""What a run says of itself while it runs, and what it never says: its logs, its figures, and the secrets it was given."""

import json
import re
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest
from prometheus_client.parser import text_string_to_metric_families

from steppingstone.versions import published
from tests.flows.echoing import Echoing, echoing
from tests.flows.running import Run, finished, marked, started
from tests.infra.test_grafana import SETTINGS_OF_GRAFANA, named
from tests.offline.conftest import start_server
from tests.published import rows

SIZE = ["--seeds.count", "3", "--generation.rounds", "2", "--generation.attempts", "8"]
SQLITE = b"SQLite format 3\0"


@dataclass
class Observed:
    """Two runs over one data root, the first of which the server denied: what they left, printed and served, as text."""

    folder: Path
    secrets: list[str]
    denied: Run
    run: Run
    exposed: dict[str, str] = field(default_factory=dict)
    """By address, what Prometheus got there last."""
    commands: set[str] = field(default_factory=set)

    def samples(self, part: str = "worker") -> Counter[str]:
        """The sums over all processes of such a part of what is served under each name."""
        sums: Counter[str] = Counter()
        for address in targets(self.run.data)[part]:
            for family in text_string_to_metric_families(self.exposed[address]):
                for sample in family.samples:
                    sums[sample.name] += sample.value  # type: ignore[assignment]
        return sums

    def lines(self, kind: str) -> list[dict[str, Any]]:
        """All that processes of a kind logged, in the order of their files."""
        files = sorted((self.run.data / "logs").glob(f"{kind}-*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def texts(self) -> Iterator[tuple[Path, str]]:
        """All files under the folder; what is packed in them is unpacked."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                yield path, unpacked(path)


def unpacked(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".parquet":
        return str(pq.read_metadata(path).metadata) + str(pq.read_table(path).to_pydict())
    if content.startswith(SQLITE):
        with sqlite3.connect(path) as database:
            return "\n".join(database.iterdump())
    return content.decode(errors="replace")


def targets(data: Path) -> dict[str, list[str]]:
    """The addresses that a run tells Prometheus, by part."""
    file = data / "logs" / "metrics.json"
    return {group["labels"]["part"]: group["targets"] for group in json.loads(file.read_text())} if file.exists() else {}


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    folder, key, token = tmp_path_factory.mktemp("observed"), secrets.token_hex(20), f"hf_{secrets.token_hex(17)}"
    (folder / "tmp").mkdir()
    process, upstream = start_server("--api-key", key)
    with pytest.MonkeyPatch.context() as environment, echoing(upstream) as proxy:
        for name, value in {"OPENAI_API_KEY": key, "HF_TOKEN": token, "TMPDIR": str(folder / "tmp")}.items():
            environment.setenv(name, value)
        try:
            yield ran_twice(folder, [key, token], proxy)
        finally:
            process.terminate()
            process.wait(10)


def ran_twice(folder: Path, hidden: list[str], proxy: Echoing) -> Observed:
    data = folder / "data"
    servers = [f"--{model}.base_urls={proxy.base_url}" for model in ("teacher", "student")]
    proxy.denies = True
    denied = finished(data, "--seeds.count", "1", "--environments", '["deduction"]', *servers)
    proxy.denies = False
    exposed, commands = dict[str, str](), set[str]()
    with started(data, *SIZE, *servers) as (process, mark), ThreadPoolExecutor() as pool:
        assert process.stdout is not None
        printed = pool.submit(process.stdout.read)
        while process.poll() is None:
            commands.update(marked(mark))
            for address in [address for part in targets(data).values() for address in part]:
                try:
                    exposed[address] = urlopen(f"http://{address}/metrics", timeout=5).read().decode()
                except OSError:
                    continue
            time.sleep(0.3)
        run = Run(data, process.returncode, printed.result())
    assert run.code == 0, run.printed
    return Observed(folder, hidden, denied, run, exposed, commands)


def test_no_secret_stands_in_anything_that_a_run_wrote_said_or_was_called_by(observed: Observed) -> None:
    said = [("the terminal", observed.denied.printed + observed.run.printed), ("process list", str(observed.commands))]
    served = list(observed.exposed.items())
    places = [where for where, text in (*observed.texts(), *said, *served) for secret in observed.secrets if secret in text]
    assert not places


def test_the_search_for_secrets_reads_all_kinds_of_files(observed: Observed) -> None:
    found = {path.name if path.suffix == ".db" else path.suffix for path, text in observed.texts() if "offline-student" in text}
    assert {".parquet", "prefect.db", ".json", ".html"} <= found
    assert observed.commands


def test_what_a_server_says_is_told_without_the_key(observed: Observed) -> None:
    said = "Incorrect API key provided: ***"
    assert observed.denied.code == 1
    assert said in " ".join(observed.denied.printed.split())
    assert said in unpacked(observed.run.data / "prefect" / "prefect.db")
    assert any("the key *** is good" in str(row["detail"]) for row in rows(observed.run.data, "rejections"))


def test_each_line_says_which_run_batch_chain_environment_and_round_it_is_about(observed: Observed) -> None:
    run = published(observed.run.data).run_id
    rounds = [line for line in observed.lines("worker") if line.get("run") == run and line["logger"].endswith("chains")]
    made = rows(observed.run.data, "problems") + [row for row in rows(observed.run.data, "rejections") if row["chain_id"]]
    assert {(row["chain_id"], row["environment"], row["round"]) for row in made} <= {
        (line["chain"], line["environment"], line["round"]) for line in rounds
    }
    assert all(line["batch"] and line["level"] == "INFO" and line["time"].endswith("+00:00") for line in rounds)


def test_each_chain_begins_and_ends_in_the_logs(observed: Observed) -> None:
    said = Counter(
        (line["chain"], line["message"].split(",")[0])
        for line in observed.lines("worker")
        if line["logger"].endswith("generation")
    )
    begun = {chain for chain, what in said if what == "begins"}
    assert len(begun) >= 12
    assert begun == {chain for chain, what in said if what != "begins"}


def test_a_server_that_was_set_aside_and_came_back_is_a_warning(observed: Observed) -> None:
    warned = [line["message"] for line in observed.lines("worker") if line["level"] == "WARNING"]
    assert any("is set aside" in message and "no engine for the key ***" in message for message in warned)
    assert any(message.endswith("is back") for message in warned)


def test_the_flow_logs_what_it_tells_and_why_it_failed(observed: Observed) -> None:
    lines = observed.lines("flow")
    assert any(line["message"].endswith("came from the journal") and line["flow_run_name"] for line in lines)
    assert any("Incorrect API key provided: ***" in line.get("exception", "") for line in lines)


def test_rounds_are_logged_and_do_not_bury_the_terminal(observed: Observed) -> None:
    assert "begins, from seed" not in observed.run.printed


def test_each_metric_of_the_dashboard_and_of_the_alerts_is_exported_by_live_processes(observed: Observed) -> None:
    told = {part: "".join(observed.exposed[address] for address in each) for part, each in targets(observed.run.data).items()}
    worker = set(re.findall(r"^# TYPE (\w+)", told["worker"], re.MULTILINE)) | set(observed.samples())
    for file in SETTINGS_OF_GRAFANA:
        assert named(file) - worker == set(), file


def test_the_workers_figures_are_those_of_the_run(observed: Observed) -> None:
    counted, made = observed.samples(), published(observed.run.data)
    (asked,) = re.findall(r"(\d+) completions were asked for", observed.run.printed)[-1:]
    assert counted["steppingstone_completions_total"] == int(asked)
    assert counted["steppingstone_verdicts_total"] >= made.rows["attempts"] > 0
    assert counted["steppingstone_rounds_total"] >= made.rows["problems"] > 0
    assert counted["steppingstone_chains_total"] == 12
    assert counted["steppingstone_chains_running"] == counted["steppingstone_busy_slots"] == 0
    assert counted["steppingstone_request_duration_seconds_count"] > 0
    assert min(counted[f"steppingstone_{name}_total"] for name in ("tokens", "sandbox_executions", "servers_set_aside")) > 0


def test_a_local_clusters_scheduler_serves_the_flows_figures(observed: Observed) -> None:
    counted = observed.samples("scheduler")
    assert 0 < counted["steppingstone_progress_ratio"] <= 1
    assert counted["steppingstone_kept_problems"] > 0
