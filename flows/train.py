"""A policy is trained by GRPO on a curriculum of the latest version, its rewards those of our own grader."""

import sys
from pathlib import Path

from prefect import flow

from infra.command import run_locally
from infra.services import trainer_started
from steppingstone.settings import Settings
from steppingstone.training.plan import MODEL
from tasks.check import check_training
from tasks.explain import explained, run_name
from tasks.follow import follow
from tasks.prepare import prepare
from tasks.settle import settle


@flow(name="train", flow_run_name=run_name)
@explained
def train(settings: Settings = Settings()) -> str:
    """Trains from the last checkpoint on, if there is one; returns the folder of the trained policy."""
    settings = settle(settings)
    check_training(settings)
    folder = prepare(settings)
    with trainer_started(folder, settings.train) as trainer:
        follow(folder, trainer)
    return str(Path(folder) / MODEL)


if __name__ == "__main__":
    sys.exit(run_locally(train, sys.argv[1:], check_training))
