"""The flows on a cluster of three hosts that share no disk: the data root is on object storage."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import distributed
import pytest

from infra.processes import free_port, server_process
from infra.services import environment
from steppingstone.journal.names import SUFFIX
from steppingstone.templates import OURS
from steppingstone.versions import damaged, manifest_of, published
from tests.flows.hosts import Host, three_hosts
from tests.flows.running import ATTEMPTS, ROOT, SIZE, Run
from tests.journal.s3_server import serving_s3
from tests.published import differing

DATA = "s3://nights/data"
SOON = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s", "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s"}
"""A lost host is noticed in less time than infra/dask.yaml says, so that nobody waits for it here."""
THREADS = 4


@dataclass
class Cluster:
    """Three hosts with a Dask worker each; all else runs here. `env` is that of a flow."""

    hosts: list[Host]
    env: dict[str, str]
    here: Path
    s3: Any
    client: distributed.Client
    models: list[str]

    def flow(self, name: str, *options: str) -> subprocess.Popen[str]:
        """Starts a flow."""
        command = [sys.executable, "-m", f"flows.{name}", "--data_root", DATA, *options, *self.models]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def segments(self) -> list[str]:
        """The journal's segments; an object by which a run looks whether it may write there comes and goes beside them."""
        return [path for path in self.s3.find(f"{DATA}/journal") if path.endswith(SUFFIX)]

    def works(self, host: Host) -> bool:
        """Whether a model has said something to a host."""
        return any(f"-{host.name}-" in path for path in self.segments()) or not host.link

    def has(self, host: Host) -> bool:
        """Whether the scheduler has a host's worker."""
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return host.name in {worker["name"] for worker in workers}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("hosts")
    here = folder / "here"
    with ExitStack() as stack:
        address, hosts = stack.enter_context(three_hosts(folder))
        s3 = stack.enter_context(serving_s3(folder / "s3.log", address))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("XDG_CACHE_HOME", str(here / "cache"))
        env = {name: value for name, value in environment().items() if not name.startswith("PREFECT_")}
        env |= SOON | {"HOME": str(here), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        prefect, scheduler, models = (f"{address}:{free_port()}" for _ in range(3))
        for name, place, ready, *command in (
            ("prefect", prefect, "/api/health", "prefect", "server", "start"),
            ("scheduler", scheduler, "", "distributed.cli.dask_scheduler", "--no-dashboard"),
            ("models", models, "/health", "steppingstone.offline", "--latency", "0.5"),
        ):
            host, port = place.split(":")
            served = [sys.executable, "-m", *command, "--host", host, "--port", port]
            log = folder / f"{name}.log"
            stack.enter_context(server_process(name, served, env, log, lambda place=place, ready=ready: answers(place, ready)))
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", f"tcp://{scheduler}", "--no-dashboard"]
        for host in hosts:
            host.start([*worker, "--name", host.name, "--nthreads", str(THREADS), "--local-directory", str(host.folder)], env)
        client = stack.enter_context(distributed.Client(f"tcp://{scheduler}", set_as_default=False))
        client.wait_for_workers(len(hosts), timeout=120)
        env |= {"PREFECT_API_URL": f"http://{prefect}/api", "DASK_SCHEDULER": f"tcp://{scheduler}"}
        served = [f"--{model}.base_urls=http://{models}/v1" for model in ("teacher", "student")]
        yield Cluster(hosts, env, here, s3, client, served)


def answers(place: str, path: str) -> bool:
    if not path:
        return True
    try:
        with urlopen(f"http://{place}{path}", timeout=5) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def night(cluster: Cluster) -> Cluster:
    """After a nightly run with prompts that are on this machine alone, in which the first host was cut off and stayed so."""
    prompts = cluster.here / "prompts"
    shutil.copytree(ROOT / OURS.replace(".", "/"), prompts)
    cut, deadline = cluster.hosts[0], time.monotonic() + 240
    process = cluster.flow("nightly", *SIZE, "--prompts", str(prompts))
    try:
        while not cluster.works(cut):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        cut.cut()
        printed, _ = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 0, printed
    return cluster


def test_a_host_that_is_cut_off_in_mid_run_changes_no_row(night: Cluster, undisturbed: Run) -> None:
    assert not night.has(night.hosts[0])
    assert not damaged(published(DATA))
    assert not differing(DATA, undisturbed.data)


def test_no_host_saw_this_machines_files(night: Cluster) -> None:
    if not night.hosts[0].link:
        pytest.skip("no namespaces can be made here")
    assert os.listdir(night.here / "cache")
    assert {host.name: host.sees(night.here) for host in night.hosts} == {host.name: [] for host in night.hosts}


def test_back_again_a_host_adds_nothing(night: Cluster) -> None:
    night.hosts[0].mend()
    deadline = time.monotonic() + 120
    while not night.has(night.hosts[0]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert not night.s3.find(f"{DATA}/runs")


def test_a_killed_flow_goes_on_from_the_journal_there(night: Cluster) -> None:
    options, said = ("--generation.attempts", str(ATTEMPTS), "--random_seed", "7"), night.segments()
    process = night.flow("regrade", *options)
    while night.segments() == said:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.1)
    process.kill()
    process.communicate()
    process = night.flow("regrade", *options)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    assert not re.search(r"\b0 came from the journal", printed)
    made = published(DATA)
    assert (made.number, made.parent, manifest_of(made)["kind"]) == (2, 1, "regrade")


def test_stored_attempts_are_scored_again_without_a_shared_disk(night: Cluster) -> None:
    process = night.flow("reverify")
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    assert "0 have another reward" in printed
