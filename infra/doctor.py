"""The command `python -m infra.doctor`: looks at all that a run stands on, and says of each thing: fine, or what to do.

It takes the options of the flows (`--settings FILE.toml`, `--student.model NAME`, …), and of its own:
    --flow nightly|regrade|reverify|evaluate|train|loop   what a run of this flow needs (nightly)
    --json                                                a list of findings, for programs
Exit code: 0 a run can begin, 1 something has to be mended, 2 the settings can't be used.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import distributed
import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL
from rich.console import Console
from rich.text import Text

from infra.command import BAD_INPUT, FAILED, read_settings
from infra.services import check_dask, check_prefect
from steppingstone.errors import BadInput
from steppingstone.findings import Finding, State, tried
from steppingstone.settings import Settings
from tasks.check import PURPOSES, Purpose, findings

CONNECT_S = 20
SHOWN = {State.FINE: "green", State.NOTE: "yellow", State.WRONG: "bold red", State.FAILED: "bold red"}


def main(argv: list[str]) -> int:
    """Prints what is found; returns the exit code."""
    parser = argparse.ArgumentParser("python -m infra.doctor", add_help=False, allow_abbrev=False)
    parser.add_argument("--flow", choices=PURPOSES, default="nightly")
    parser.add_argument("--json", action="store_true")
    if {"-h", "--help"} & set(argv):
        print(__doc__)
    own, options = parser.parse_known_args(argv)
    console = Console(stderr=True)
    try:
        settings = read_settings("infra.doctor", options).absolute()
        with console.status("Looking at everything; a model server is given a minute to answer"):
            found = [*_prefect(), *_run(settings, PURPOSES[own.flow])]
    except BadInput as error:
        console.print(Text(f"Bad input: {error}", "bold red"), soft_wrap=True)
        return BAD_INPUT
    if own.json:
        print(json.dumps([asdict(finding) for finding in found], indent=1))
    else:
        _print(found)
    return FAILED if any(finding.stops for finding in found) else 0


def _run(settings: Settings, purpose: Purpose) -> list[Finding]:
    """What a run looks at itself, and what it would start."""
    started = [role for role in purpose.models if not getattr(settings, role).base_urls]
    offline = [Finding(role, State.FINE, "the offline models, which a run starts and stops") for role in started]
    if not (address := os.environ.get("DASK_SCHEDULER")):
        local = Finding("Dask", State.FINE, "DASK_SCHEDULER is not set: a run starts a cluster on this machine, and stops it")
        return [*findings(settings, purpose), *offline, local]
    if (reached := tried("Dask", "", check_dask))[0].stops:
        return [*findings(settings, purpose), *offline, *reached]
    try:
        with distributed.Client(address, timeout=CONNECT_S, set_as_default=False) as client:
            return [*findings(settings, purpose, client), *offline]
    except (OSError, ValueError) as error:
        said = f"DASK_SCHEDULER is {address}, and what answers there is no scheduler that this Dask can talk to ({error})"
        return [*findings(settings, purpose), *offline, Finding("Dask", State.WRONG, said, "install the same Dask on both")]


def _prefect() -> Iterator[Finding]:
    """The Prefect server that is named: its version, and what it would start by itself."""
    url, name = PREFECT_API_URL.value(), "Prefect"
    if not url:
        yield Finding(name, State.FINE, "PREFECT_API_URL is not set: a run starts a server on this machine, and stops it")
        return
    (reached,) = tried(name, "", check_prefect)
    if reached.stops:
        yield reached
        return
    try:
        with get_client(sync_client=True) as client:
            yield from _served(client, url)
    except (httpx.HTTPError, RuntimeError) as error:
        to_do = "install the Prefect of requirements.lock on both sides, and set the key or the user that it wants"
        yield Finding(name, State.WRONG, f"{url} can't be used: {error}", to_do)


def _served(client: SyncPrefectClient, url: str) -> Iterator[Finding]:
    here, there = client.client_version(), client.api_version()
    if here == there:
        yield Finding("Prefect", State.FINE, f"{url} answers, and is of version {there}, as is what runs here")
    else:
        said = f"{url} is of version {there}, and what runs here of {here}"
        yield Finding("Prefect", State.NOTE, said, "a server must not be older than its clients")
    scheduled = [one for one in client.read_deployments() if not one.paused and any(each.active for each in one.schedules)]
    if not scheduled:
        yield Finding("schedule", State.NOTE, "no deployment has one: nothing runs by itself")
    for deployment in scheduled:
        when = ", ".join(_when(each.schedule) for each in deployment.schedules if each.active)
        said = f"deployment {deployment.name!r} runs at {when}"
        pool = client.read_work_pool(deployment.work_pool_name) if deployment.work_pool_name else None
        if pool and (pool.is_paused or pool.status != "READY"):
            yield Finding("schedule", State.NOTE, f"{said}, and no worker is there for its pool {pool.name!r}", "start one")
        else:
            yield Finding("schedule", State.FINE, said)


def _when(schedule: object) -> str:
    zone = getattr(schedule, "timezone", None) or "UTC"
    return f"{getattr(schedule, 'cron', None) or getattr(schedule, 'interval', schedule)} ({zone})"


def _print(found: Sequence[Finding]) -> None:
    """One line a finding, however long, and what they come to."""
    console = Console(soft_wrap=True, highlight=False)
    for finding in found:
        console.print(Text.assemble((f"{finding.state:<8}", SHOWN[finding.state]), str(finding)))
    stopping = sum(finding.stops for finding in found)
    console.print(f"\n{stopping} of these have to be mended before a run." if stopping else "\nA run can begin.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
