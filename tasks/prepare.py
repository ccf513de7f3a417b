"""Puts what is to be trained on, and how, where the Python that trains finds it; what was begun already stays as it is."""

import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from prefect import task

import steppingstone
from steppingstone.errors import BadInput
from steppingstone.exports.__main__ import export
from steppingstone.mirror import working_folder
from steppingstone.published import load_problems
from steppingstone.settings import Settings, TrainSettings
from steppingstone.training import plan
from steppingstone.training.plan import Plan
from steppingstone.versions import published
from tasks.progress import tell

LOOK_S = 120
LOOK = "import importlib.metadata as m; print(m.version('trl')); import steppingstone.exports.trl"


@task(
    name="prepare",
    task_run_name="prepare",
    description="The curriculum as the trainer reads it, and the plan of the training",
    tags=["prepare"],
)
def prepare(settings: Settings) -> str:
    """Exports the curriculum of the latest version into the training's folder, and returns that.

    A training that was begun goes on with the problems that it began with. Raises `BadInput` if other settings began it.
    """
    folder = training_folder(settings)
    begun = plan.read(folder / plan.FILE) if (folder / plan.FILE).exists() else None
    now = _planned(settings, begun.version if begun else published(settings.data_root).number)
    if begun is None:
        shutil.rmtree(folder, ignore_errors=True)
        export("trl", settings.data_root, now.table, folder / plan.PROBLEMS)
    elif changed := plan.differing(begun, now):
        raise BadInput(f"{folder} was begun with {'; '.join(changed)}; give it as it was, or name another train.run")
    plan.write(folder, now)
    tell(f"{'goes on' if begun else 'begins'} in {folder}, on {now.table} of version {now.version}")
    return str(folder)


def training_folder(settings: Settings) -> Path:
    """Where a training keeps its problems, metrics, checkpoints and policy."""
    return working_folder(settings.data_root).absolute() / "training" / settings.train.run


def check_curriculum(settings: Settings) -> None:
    """Raises `BadInput` if the problems to train on are not there, or are too few for a step."""
    train = settings.train
    if (training_folder(settings) / plan.FILE).exists():
        return
    problems = load_problems(published(settings.data_root).folder, train.curriculum)
    if len(problems) < train.groups:
        raise BadInput(f"{train.curriculum} has {len(problems)} problems, and a step takes train.groups = {train.groups}")
    tiers = sorted({str(problem.tier) for problem in problems})
    if train.weights and sorted(train.weights) != tiers:
        raise BadInput(
            f"{train.curriculum} has problems of {', '.join(tiers)}; give each of these one of train.weights, 0 or more"
        )


def check_policy(model: str | None) -> None:
    """Raises `BadInput` if no model is named, or a folder that holds none. A name on the hub is left to the trainer."""
    if model is None:
        raise BadInput(
            "name the model to start from by train.model: a folder, or a name on Hugging Face such as Qwen/Qwen3-8B-Base"
        )
    if Path(model).is_dir():
        if not (Path(model) / "config.json").exists():
            raise BadInput(f"train.model {model!r} is a folder without a config.json; name that of a Hugging Face model")
    elif Path(model).is_absolute() or model.count("/") != 1 or model.startswith("."):
        raise BadInput(
            f"train.model {model!r} is no folder that is there, and no name on Hugging Face such as Qwen/Qwen3-8B-Base"
        )


def check_trainer(python: str | None) -> None:
    """Raises `BadInput` if a Python can't be started, or has not the TRL and the pyarrow which training wants."""
    python = python or sys.executable
    env = os.environ | {"PYTHONPATH": str(Path(steppingstone.__file__).parent.parent)}
    to_do = f"make an environment with TRL {plan.TRL} and pyarrow, and name its Python by train.python"
    try:
        done = subprocess.run([python, "-c", LOOK], env=env, capture_output=True, text=True, timeout=LOOK_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadInput(f"train.python {python!r} can't be started ({error}); {to_do}") from error
    version = done.stdout.strip()
    if not version:
        raise BadInput(f"train.python {python!r} has no TRL; {to_do}")
    if done.returncode or not f"{version}.".startswith(f"{plan.TRL}."):
        said = done.stderr.strip().rpartition("\n")[2]
        raise BadInput(f"train.python {python!r} has TRL {version}{f' ({said})' if said else ''}; {to_do}")


def _planned(settings: Settings, version: int) -> Plan:
    train, seed = settings.train, settings.random_seed
    assert train.model is not None
    assert seed is not None
    model = str(Path(train.model).absolute()) if Path(train.model).is_dir() else train.model
    same = _same_in_both(train) | {"model": model}
    return Plan(version=version, table=train.curriculum, seed=seed, **same)


def _same_in_both(train: TrainSettings) -> dict[str, Any]:
    return {field.name: getattr(train, field.name) for field in fields(Plan) if field.name in TrainSettings.model_fields}
