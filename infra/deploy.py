"""The command `python -m infra.deploy`: work pool, deployments and automations, on the Prefect server of $PREFECT_API_URL."""

import argparse
import os
import subprocess
import sys
import tempfile
from typing import Any

import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.events.schemas.automations import AutomationCore
from prefect.settings import PREFECT_API_URL

from infra.command import read_settings
from infra.services import ROOT, check_services, environment
from steppingstone.errors import BadInput, InfrastructureError, SteppingstoneError
from steppingstone.settings import Settings

FAILED, BAD_INPUT = 1, 2
POOL = "steppingstone"
WEBHOOK = "STEPPINGSTONE_WEBHOOK"
DEPLOYMENTS, AUTOMATIONS = ROOT / "infra" / "prefect.yaml", ROOT / "infra" / "automations.yaml"


def main(argv: list[str]) -> int:
    """Deploys with the settings of the command line; returns 0, 1 if Prefect refuses, or 2 for bad input."""
    chosen, options = parser("infra.deploy").parse_known_args(argv)
    try:
        settings = read_settings("infra.deploy", options)
        check_services()
        if not PREFECT_API_URL.value():
            raise BadInput("PREFECT_API_URL names no Prefect server; set it, or let `make up` start one")
        deploy(settings, chosen.webhook)
    except SteppingstoneError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT if isinstance(error, BadInput) else FAILED
    return 0


def parser(name: str) -> argparse.ArgumentParser:
    """The options that are no settings."""
    made = argparse.ArgumentParser(prog=f"python -m {name}", add_help=False, allow_abbrev=False)
    made.add_argument("--webhook", default=os.environ.get(WEBHOOK), metavar="URL")
    return made


def deploy(settings: Settings, webhook: str | None = None) -> None:
    """Makes or renews all that Prefect's server is to know. Where settings differ from the defaults, the run forms say so."""
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", description="Runs on this machine"), overwrite=True)
        _deploy_flows(settings)
        for automation in _automations(webhook):
            _put(client, automation)


def _deploy_flows(settings: Settings) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(_with(settings), file)
        file.flush()
        command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--prefect-file", file.name, "--all"]
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
    if done.returncode:
        raise InfrastructureError(f"`prefect deploy` failed: {' '.join((done.stdout + done.stderr).split())[-2000:]}")


def _with(settings: Settings) -> dict[str, Any]:
    """The deployments with these settings; those that the file itself gives a deployment win."""
    declared: dict[str, Any] = yaml.safe_load(DEPLOYMENTS.read_text("utf-8"))
    given = settings.absolute().model_dump(mode="json", exclude_defaults=True)
    for each in declared["deployments"]:
        each["parameters"] = {"settings": given | each.get("parameters", {}).get("settings", {})}
    return declared


def _automations(webhook: str | None) -> list[AutomationCore]:
    declared: list[dict[str, Any]] = yaml.safe_load(AUTOMATIONS.read_text("utf-8"))
    calls = [action for each in declared for action in each["actions"] if action["type"] == "call-webhook"]
    if webhook:
        block = _block(webhook)
        for action in calls:
            action["block_document_id"] = block
    return [AutomationCore.model_validate(each) for each in declared if webhook or not any(a in calls for a in each["actions"])]


def _block(webhook: str) -> str:
    """The id of the block that holds the webhook's address, which may be a secret."""
    from prefect.blocks.webhook import Webhook

    made = Webhook(url=webhook, headers={"Content-Type": "application/json"})
    return str(made.save(POOL, overwrite=True))


def _put(client: SyncPrefectClient, automation: AutomationCore) -> None:
    if there := client.read_automations_by_name(automation.name):
        client.update_automation(there[0].id, automation)
    else:
        client.create_automation(automation)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
