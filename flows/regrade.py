"""Another student, or the present checkpoint of one in training, attempts the published problems: p and tiers anew."""

import sys

from prefect import flow

from infra.command import run_locally
from infra.services import dask_runner, models_served
from steppingstone.batches import thresholds
from steppingstone.settings import Settings
from tasks.arrange import arrange
from tasks.attempt import attempt
from tasks.check import check_student
from tasks.choose import choose_problems
from tasks.explain import HOOKS, explained, run_name
from tasks.extract import run_of
from tasks.guard import guard
from tasks.publish import publish
from tasks.recount import trace_moves
from tasks.replace import replace_attempts
from tasks.settle import settle
from tasks.validate import gate_rules


@flow(name="regrade", flow_run_name=run_name, task_runner=dask_runner(), **HOOKS)
@explained
def regrade(settings: Settings = Settings()) -> str:
    """Has the student attempt the latest version's problems, and publishes them with its p; returns the version's folder."""
    settings = settle(settings)
    with models_served(settings, ["student"]) as served:
        check_student(served)
        draft = choose_problems(served)
        attempt(draft, served)
    dataset = replace_attempts(draft, settings)
    trace_moves(draft, dataset, settings.data_root, thresholds(settings))
    arrange(dataset.folder, settings.curricula, settings.random_seed, settings.held_out)
    held = guard(dataset.folder, gate_rules(settings), settings.data_root, "regrade")
    return publish(dataset, run_of(draft), settings, held, "regrade")


if __name__ == "__main__":
    sys.exit(run_locally(regrade, sys.argv[1:], check_student))
