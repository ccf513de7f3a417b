"""The rows of the data files beside the repository, as records."""

import gzip
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from steppingstone.real import solved
from steppingstone.real.problem import RealProblem

VARIABLE = "STEPPINGSTONE_SHARED_DATA"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem with a solution that passes its tests."""

    name: str
    source: str
    given: RealProblem


@dataclass(frozen=True, slots=True)
class Prediction:
    """One row of CRUXEval: `f` called with the arguments gives the output, both as source text."""

    name: str
    code: str
    arguments: str
    output: str


@dataclass(frozen=True, slots=True)
class Rollout:
    """One completion for a problem, the reward that an independent run gave it, and how the completion was made."""

    name: str
    problem: Problem
    completion: str
    reward: float
    kind: str


def folder() -> Path | None:
    """The data's folder: where the variable says, or in `shared/data` beside this checkout or a folder above it; else None."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    above = [parent / "shared" / "data" for parent in Path(__file__).resolve().parents]
    return next((path for path in above if path.is_dir()), None)


def problems() -> dict[str, Problem]:
    """All solved problems by name."""
    return {
        row["problem_id"]: Problem(row["problem_id"], row["source"], solved.read(row)) for row in rows("solved/solved_problems")
    }


def predictions() -> list[Prediction]:
    """All rows of CRUXEval."""
    return [
        Prediction(f"CRUXEval/{row['id'].removeprefix('sample_')}", row["code"], row["input"], row["output"])
        for row in rows("cruxeval/cruxeval")
    ]


def rollouts() -> list[Rollout]:
    """All rollouts with their labels."""
    known = problems()
    pairs = zip(rows("solved/rollouts"), rows("solved/rollouts_labels"), strict=True)
    return [
        Rollout(
            f"{row['problem_id']}#{row['attempt']}@{row['step']}",
            known[row["problem_id"]],
            row["completion"],
            row["reward"],
            label["kind"],
        )
        for row, label in pairs
    ]


@cache
def rows(name: str) -> list[dict[str, Any]]:
    path = (folder() or Path()) / f"{name}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
