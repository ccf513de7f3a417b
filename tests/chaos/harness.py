"""A cluster of real processes, each of which may be killed at any time and is then started again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.request import urlopen

from infra.processes import free_port
from tests.chaos.recorder import Recorder

ROOT = Path(__file__).parent.parent.parent
KINDS = ("flow", "worker", "scheduler", "models", "prefect")
FLOW_S, KILL_S = 300, 60
"""Seconds that a run may take, and those that each kill may add."""
WORKERS = 2
R = TypeVar("R", bound=Recorder)


@dataclass
class Service:
    """A process that is started again whenever it has ended."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def keep(self) -> None:
        """Starts it if it does not run."""
        if self.process is None or self.process.poll() is not None:
            with self.log.open("ab") as output:
                self.process = subprocess.Popen(
                    self.command, env=self.env, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
                )
            self.starts += 1

    def kill(self) -> None:
        """Kills its whole process group, or does nothing if it is gone."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Outcome:
    """How often the flow was started in how many runs, what was killed, and how many completions were asked for again.

    `at_risk` were in flight when something was killed.
    """

    runs: int = 0
    starts: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    again: int = 0
    at_risk: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.runs + other.runs,
            self.starts + other.starts,
            self.kills + other.kills,
            self.asked + other.asked,
            self.again + other.again,
            self.at_risk + other.at_risk,
        )

    def __str__(self) -> str:
        killed = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({killed}), flow started {self.starts} times, {self.asked} completions asked for, "
            f"{self.again} of them again, {self.at_risk} in flight at kills"
        )


def run(data: Path, options: list[str], kills: Sequence[str], pause_s: tuple[float, float], seed: int = 0) -> Outcome:
    """Runs the flow until it ends well, and kills on the way what `kills` names, after random pauses; `seed` decides which.

    Raises `AssertionError` if the flow does not come to an end.
    """
    draw = random.Random(seed)
    with cluster(data, Recorder) as (services, recorder):
        models = ["--teacher.base_urls", recorder.url, "--student.base_urls", recorder.url]
        command = [sys.executable, "-m", "flows.nightly", "--data_root", str(data), *options, *models]
        flow = Service("flow", command, environment(services), data / "flow.log")
        outcome = Outcome(runs=1)
        deadline = time.monotonic() + FLOW_S + len(kills) * KILL_S
        next_kill = time.monotonic() + draw.uniform(*pause_s)
        while True:
            assert time.monotonic() < deadline, f"the flow does not end: {flow.log.read_text()[-3000:]}"
            if flow.process is not None and flow.process.poll() == 0:
                break
            for service in (*services.values(), flow):
                service.keep()
            if outcome.kills.total() < len(kills) and time.monotonic() > next_kill:
                kind = kills[outcome.kills.total()]
                recorder.killed()
                _kill(kind, services, flow, draw)
                outcome.kills[kind] += 1
                next_kill = time.monotonic() + draw.uniform(*pause_s)
            time.sleep(0.1)
        outcome.starts = flow.starts
        outcome.asked, outcome.again, outcome.at_risk = recorder.asked.total(), recorder.again, recorder.at_risk
        return outcome


def environment(services: dict[str, Service]) -> dict[str, str]:
    """That of a process which is to use them."""
    return services["prefect"].env | {
        "PREFECT_API_URL": f"http://127.0.0.1:{_port(services['prefect'])}/api",
        "DASK_SCHEDULER": f"tcp://127.0.0.1:{_port(services['scheduler'])}",
    }


@contextmanager
def cluster(data: Path, kind: type[R]) -> Iterator[tuple[dict[str, Service], R]]:
    """A Prefect server, a Dask scheduler, two Dask workers under nannies, and the offline models behind a recorder."""
    data.mkdir(parents=True, exist_ok=True)
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DASK_"))}
    env = clean | {"PYTHONPATH": paths, "PREFECT_HOME": str(data / "prefect"), "DO_NOT_TRACK": "1"}
    prefect, scheduler, models = (str(free_port()) for _ in range(3))
    local = ["--host", "127.0.0.1", "--port"]
    worker = [f"tcp://127.0.0.1:{scheduler}", "--nthreads", "4", "--no-dashboard", "--local-directory", str(data)]
    commands = {
        "prefect": ["-m", "prefect", "server", "start", *local, prefect],
        "scheduler": ["-m", "distributed.cli.dask_scheduler", *local, scheduler, "--no-dashboard"],
        **{f"worker {n}": ["-m", "distributed.cli.dask_worker", *worker] for n in range(WORKERS)},
        "models": ["-m", "steppingstone.offline", "--workers", "2", "--port", models],
    }
    services = {
        name: Service(name, [sys.executable, *command], env, data / f"{name}.log") for name, command in commands.items()
    }
    recorder = kind(f"http://127.0.0.1:{models}/v1", free_port())
    with ExitStack() as stack:
        for service in services.values():
            stack.callback(service.kill)
            service.keep()
        stack.enter_context(recorder.serving())
        _wait_for(f"http://127.0.0.1:{prefect}/api/health")
        _wait_for(f"http://127.0.0.1:{models}/health")
        yield services, recorder


def _kill(kind: str, services: dict[str, Service], flow: Service, draw: random.Random) -> None:
    if kind == "flow":
        flow.kill()
    elif kind == "worker":
        # Now the worker with its nanny, now the worker alone, which its nanny starts again.
        chosen = services[f"worker {draw.randrange(WORKERS)}"]
        if draw.random() < 0.5 or not _kill_children(chosen):
            chosen.kill()
    else:
        services[kind].kill()


def _kill_children(service: Service) -> bool:
    assert service.process is not None
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children")
    with suppress(OSError):
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGKILL)
            return True
    return False


def _port(service: Service) -> str:
    return service.command[service.command.index("--port") + 1]


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(OSError), urlopen(url, timeout=2):
            return
        time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")
