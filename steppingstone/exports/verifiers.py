"""verifiers 0.4 and prime-rl: an installable package with a taskset, called steppingstone-FOLDER, and sources over it."""

import re
from collections.abc import Sequence
from pathlib import Path

from steppingstone.environments.base import fenced
from steppingstone.errors import BadInput
from steppingstone.exports import pools, rows
from steppingstone.published import PublishedProblem

PYPROJECT = """\
[project]
name = "{name}"
version = "{version}"
description = "Problems of Steppingstone as a taskset of verifiers"
requires-python = ">=3.11"
dependencies = ["steppingstone", "verifiers>=0.4,<0.5"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["{module}"]
"""


def reference(ground_truth: str) -> str | None:
    """A completion that solves a problem, if it came with one."""
    problem = rows.problem_of(ground_truth)
    answers = {"abduction": problem.inputs[:1], "deduction": problem.outputs[:1], "fuzzing": problem.inputs[1:2]}
    if problem.environment in answers:
        return fenced("answer", *answers[problem.environment])
    return fenced("python", problem.code) if problem.environment in ("induction", "real") and problem.code else None


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes the package, whose tasks are in the order given, and prime-rl.toml."""
    name = f"steppingstone-{folder.resolve().name}"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise BadInput(f"{folder}: the package is called {name} after it; take small letters, digits and single hyphens")
    package = folder / name.replace("-", "_")
    package.mkdir()
    made = {"name": name, "version": rows.version_of_ours() or "0", "module": package.name}
    return [
        rows.write_text(folder / "pyproject.toml", PYPROJECT.format(**made)),
        rows.copy("verifiers/taskset.py.txt", package / "__init__.py"),
        rows.write_jsonl(package / "tasks.jsonl", (_row(problem, split) for problem in problems)),
        pools.write(folder / "prime-rl.toml", name, problems),
    ]


def _row(problem: PublishedProblem, split: str) -> rows.Row:
    return {
        "id": problem.problem_id,
        "name": f"{problem.environment}/{problem.problem_id}",
        "prompt": rows.messages(problem),
        "ground_truth": rows.ground_truth(problem),
        "problem": rows.row(problem, split),
    }
