"""Many rounds against one, with as many teacher calls: each call from a seed of its own. Nothing is published."""

import sys

from prefect import flow

from infra.command import run_locally
from infra.services import dask_runner, models_served
from steppingstone.batches import thresholds
from steppingstone.settings import Settings
from tasks.check import check
from tasks.contrast import contrast, in_single_rounds
from tasks.deduplicate import deduplicate
from tasks.explain import HOOKS, explained, run_name
from tasks.extract import extract_seeds
from tasks.generate import generate
from tasks.settle import settle
from tasks.split import split
from tasks.validate import gate_rules, validate


@flow(name="compare", flow_run_name=run_name, task_runner=dask_runner(), **HOOKS)
@explained
def compare(settings: Settings = Settings()) -> None:
    """Runs the settings as they are, and again with one round a chain and as many more seeds; prints both side by side."""
    settings = settle(settings)
    with models_served(settings) as served:
        check(served)
        drafts = [made(served), made(in_single_rounds(served))]
    contrast(settings.generation.rounds, *drafts, thresholds(settings))


def made(settings: Settings) -> str:
    """A draft of valid problems without duplicates."""
    draft = extract_seeds(settings)
    generate(draft, settings)
    rules = gate_rules(settings)
    validate(draft, rules)
    deduplicate(draft, settings.duplicates, None)
    split(draft, rules, settings.targets)
    return draft


if __name__ == "__main__":
    sys.exit(run_locally(compare, sys.argv[1:]))
