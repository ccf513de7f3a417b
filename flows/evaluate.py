"""A model in training answers benchmarks, and the problems that are held out: pass@k over its training steps."""

import sys

from prefect import flow

from infra.command import run_locally
from infra.services import dask_runner, models_served
from steppingstone.evaluation.answering import as_evaluated
from steppingstone.settings import Settings
from tasks.check import check_benchmarks
from tasks.examine import examine
from tasks.explain import HOOKS, explained, run_name
from tasks.measure import measure
from tasks.pose import pose
from tasks.settle import settle


@flow(name="evaluate", flow_run_name=run_name, task_runner=dask_runner(), **HOOKS)
@explained
def evaluate(settings: Settings = Settings()) -> str:
    """Has the student answer the benchmarks, and adds its metrics to those of other models and steps; returns their folder."""
    settings = as_evaluated(settle(settings))
    with models_served(settings, ["student"]) as served:
        check_benchmarks(served)
        draft = pose(served)
        examine(draft, served)
    return measure(draft, settings)


if __name__ == "__main__":
    sys.exit(run_locally(evaluate, sys.argv[1:], check_benchmarks))
