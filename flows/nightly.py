"""The nightly run: from seeds to a published dataset version."""

import sys

from prefect import flow

from infra.command import run_locally
from infra.services import dask_runner, models_served
from steppingstone.settings import Settings
from tasks.adopt import adopt
from tasks.arrange import arrange
from tasks.check import check
from tasks.combine import combine
from tasks.decontaminate import decontaminate
from tasks.deduplicate import deduplicate
from tasks.explain import HOOKS, explained, run_name
from tasks.extract import extract_seeds, run_of
from tasks.generate import generate
from tasks.guard import guard
from tasks.publish import publish
from tasks.settle import settle
from tasks.split import split
from tasks.summarize import summarize
from tasks.validate import gate_rules, validate


@flow(name="nightly", flow_run_name=run_name, task_runner=dask_runner(), **HOOKS)
@explained
def nightly(settings: Settings = Settings()) -> str:
    """Draws seeds, generates problems from them, and publishes what is valid and new; returns the version's folder."""
    settings = settle(settings)
    with models_served(settings) as served:
        check(served)
        draft = extract_seeds(served)
        generated = generate(draft, served)
    adopt(draft, settings)
    rules = gate_rules(settings)
    gates = validate(draft, rules)
    decontaminate(draft, settings.evaluation)
    deduplicate(draft, settings.duplicates, settings.data_root)
    tiers = split(draft, rules, settings.targets)
    dataset = combine(draft, settings.data_root)
    arrange(dataset.folder, settings.curricula, settings.random_seed, settings.held_out)
    held = guard(dataset.folder, rules, settings.data_root)
    version = publish(dataset, run_of(draft), settings, [*gates.held, *tiers.held, *held])
    summarize(settings, version, generated, run_of(draft))
    return version


if __name__ == "__main__":
    sys.exit(run_locally(nightly, sys.argv[1:]))
