"""Stored attempts are scored again, after a grader was changed: no model is called, and each changed reward is listed."""

import sys

from prefect import flow

from infra.command import run_locally
from infra.services import dask_runner
from steppingstone.batches import thresholds
from steppingstone.settings import Settings
from tasks.arrange import arrange
from tasks.check import check_published
from tasks.choose import choose_attempts
from tasks.explain import HOOKS, explained, run_name
from tasks.extract import run_of
from tasks.guard import guard
from tasks.publish import publish
from tasks.recount import trace_moves, trace_verdicts
from tasks.replace import replace_verdicts
from tasks.score import score
from tasks.settle import settle
from tasks.validate import gate_rules


@flow(name="reverify", flow_run_name=run_name, task_runner=dask_runner(), **HOOKS)
@explained
def reverify(settings: Settings = Settings()) -> str:
    """Scores the latest version's attempts, and publishes what changed; returns the version's folder, or that of the latest."""
    settings = settle(settings)
    check_published(settings)
    draft = choose_attempts(settings.absolute())
    score(draft, settings)
    dataset = replace_verdicts(draft, settings)
    trace_verdicts(draft, settings.data_root)
    trace_moves(draft, dataset, settings.data_root, thresholds(settings))
    arrange(dataset.folder, settings.curricula, settings.random_seed, settings.held_out)
    held = guard(dataset.folder, gate_rules(settings), settings.data_root, "reverify")
    return publish(dataset, run_of(draft), settings, held, "reverify")


if __name__ == "__main__":
    sys.exit(run_locally(reverify, sys.argv[1:], check_published))
