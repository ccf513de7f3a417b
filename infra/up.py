"""The command `python -m infra.up`: the platform on one machine, in the background, until `python -m infra.up --down`."""

import argparse
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack
from pathlib import Path

from infra.command import BAD_INPUT, FAILED, INTERRUPTED, read_settings
from infra.deploy import WEBHOOK, parser
from infra.machine import STOPPED, close_runs, is_free, reports_served, runs_served, scheduler_served, workers_served
from infra.processes import free_port
from infra.running import MARK, Up, end, end_what_died, kept, running, write
from infra.services import OFFLINE_URL, environment, offline_served, prefect_served
from steppingstone.errors import BadInput, InfrastructureError, SteppingstoneError
from steppingstone.mirror import working_folder
from steppingstone.settings import Settings
from tasks.show import REPORTS_URL

PORT = 4200
DOWN_S = 90
ENDED = 143
"""The exit code of what SIGTERM ended."""
RUN = "{}/run"
"""The mark of a run's processes, which end before the server to which they report."""


def main(argv: list[str]) -> int:
    """Starts everything and returns, or stops it; 0, 1 for a failure, 2 for bad input, 130 for Ctrl-C."""
    chosen, options = _parser().parse_known_args(argv)
    try:
        settings = read_settings("infra.up", options).absolute()
        if chosen.down:
            return _down(working_folder(settings.data_root))
        if chosen.keep:
            return _keep(settings, chosen, options)
        return _up(working_folder(settings.data_root), argv)
    except SteppingstoneError as error:
        print(error, flush=True)
        return BAD_INPUT if isinstance(error, BadInput) else FAILED
    except Exception as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        raise


def _parser() -> argparse.ArgumentParser:
    made = parser("infra.up")
    made.add_argument("--port", type=int, metavar="N", help=f"port of Prefect's UI (default: {PORT}, or a free one)")
    made.add_argument("--down", action="store_true", help="stop what is up for the data root")
    made.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)
    return made


def _up(root: Path, argv: list[str]) -> int:
    """Has a process of its own start and keep everything, and shows what it says until all is up or it gives up."""
    (root / "logs").mkdir(parents=True, exist_ok=True)
    command, env = [sys.executable, "-m", "infra.up", "--keep", *argv], environment() | {MARK: uuid.uuid4().hex}
    with (root / "logs" / "up.log").open("wb") as log:
        keeper = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True
        )
    assert keeper.stdout is not None
    try:
        for line in keeper.stdout:
            print(line, end="", flush=True)
    except KeyboardInterrupt:
        keeper.terminate()
        keeper.wait()
        return INTERRUPTED
    if (up := running(root)) and up.pid == keeper.pid:
        return 0
    if (code := keeper.wait()) not in (FAILED, BAD_INPUT):
        print(f"it was ended before all of it was up; {log.name} may say why")
    return code


def _keep(settings: Settings, chosen: argparse.Namespace, options: list[str]) -> int:
    """Starts everything, says where it is, and stops it in the end: for SIGTERM, or if not all of it starts."""
    root = working_folder(settings.data_root)
    signal.signal(signal.SIGTERM, _stop)
    with ExitStack() as stack:
        if not stack.enter_context(kept(root)):
            raise BadInput(f"it is up already for {root}: {_where(root)}; `make down` stops it")
        mark = os.environ[MARK]
        write(root, Up(os.getpid(), mark))
        stack.callback(end, mark)
        up = _started(stack, settings, chosen, options, mark)
        write(root, up)
        _tell(up)
        _let_go_of_the_terminal()
        while True:
            signal.pause()


def _started(stack: ExitStack, settings: Settings, chosen: argparse.Namespace, options: list[str], mark: str) -> Up:
    root, logs = working_folder(settings.data_root), working_folder(settings.data_root) / "logs"
    port = _port(chosen.port)
    env = stack.enter_context(prefect_served(root, port))
    used = {name: env[name] for name in ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_UI_URL")}
    found = {"Prefect's UI": env["PREFECT_UI_URL"]}
    scheduler, dashboard = stack.enter_context(scheduler_served(logs))
    stack.enter_context(workers_served(root, scheduler, dashboard))
    used["DASK_SCHEDULER"], found["Dask's dashboard"] = scheduler, f"{dashboard}/status"
    reports = stack.enter_context(reports_served(root, port + 1 if is_free(port + 1) else free_port()))
    used[REPORTS_URL] = found["Reports"] = reports
    if not (settings.teacher.base_urls and settings.student.base_urls):
        used[OFFLINE_URL] = found["Offline models"] = stack.enter_context(offline_served(root))
    _deploy(env, options, chosen.webhook)
    stack.callback(close_runs, env, STOPPED)
    stack.callback(end, RUN.format(mark))
    stack.enter_context(runs_served(logs, env | used | {MARK: RUN.format(mark)}))
    return Up(os.getpid(), mark, found, used)


def _port(wanted: int | None) -> int:
    if wanted is None:
        return PORT if is_free(PORT) else free_port()
    if not is_free(wanted):
        raise BadInput(f"--port {wanted}: something listens there already; choose another, or none")
    return wanted


def _deploy(env: dict[str, str], options: list[str], webhook: str | None) -> None:
    # In a process of its own: which server is meant is read once a process.
    env = env | ({WEBHOOK: webhook} if webhook else {})
    done = subprocess.run([sys.executable, "-m", "infra.deploy", *options], env=env, capture_output=True, text=True)
    if done.returncode:
        raise InfrastructureError(f"the flows were not deployed: {done.stderr.strip()}")


def _tell(up: Up) -> None:
    for name, address in up.found.items():
        print(f"{name + ':':18} {address}")
    python, url = os.path.relpath(sys.executable), up.environment["PREFECT_API_URL"]
    start = f"PREFECT_API_URL={url} {python} -m prefect deployment run nightly/generate"
    print(f"{'Start a run:':18} in the UI, Deployments, generate, Run; or {start}")
    print(f"{'Stop all of it:':18} make down", flush=True)


def _let_go_of_the_terminal() -> None:
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)
    raise SystemExit(ENDED)


def _down(root: Path) -> int:
    up = running(root)
    if not up:
        left = end_what_died(root)
        print(f"nothing is up for {root}" + (f"; {left} processes that were left of it were ended" if left else ""))
        return 0
    os.kill(up.pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_S
    while running(root) and time.monotonic() < deadline:
        time.sleep(0.1)
    if running(root):
        os.kill(up.pid, signal.SIGKILL)
    # Its keeper, too, takes a moment to end once all else has.
    end(up.mark)
    print(f"stopped all that was up for {root}")
    return 0


def _where(root: Path) -> str:
    up = running(root)
    return up.found["Prefect's UI"] if up and up.found else "it is being started"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
