"""The loop closed: the policy trains, attempts what is published, and is the student of the problems that it trains on next."""

import sys

from prefect import flow

from flows.nightly import nightly
from flows.regrade import regrade
from flows.train import train
from infra.command import run_locally
from infra.services import policy_served
from steppingstone.settings import Settings
from tasks.check import check_loop
from tasks.explain import run_name
from tasks.rounds import once, rounds_left
from tasks.settle import settle


@flow(name="loop", flow_run_name=run_name)
def loop(settings: Settings = Settings()) -> None:
    """Does the rounds that are left. Each leaves its policy in the training's folder, and two versions."""
    settings = settle(settings)
    check_loop(settings)
    for now in rounds_left(settings):
        policy = once("trained", train, now)
        with policy_served(policy, now) as served:
            once("regraded", regrade, served)
            once("generated", nightly, served)


if __name__ == "__main__":
    sys.exit(run_locally(loop, sys.argv[1:], check_loop))
