"""What all exports carry of a problem: its prompt, lineage and difficulty, and all that grading it needs as one JSON text."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from steppingstone.errors import BadInput
from steppingstone.published import PublishedProblem
from steppingstone.records import Problem
from steppingstone.sandbox import Limits

ENTRY = "steppingstone.exports.rewards:score"
KEPT = 10_000
"""Problems that a process holds ready for grading. Trainers give the same ones for each completion of a group."""

Row = dict[str, Any]

MESSAGES = pa.list_(pa.struct({"role": pa.string(), "content": pa.string()}))
ROW = pa.schema(
    {
        "problem_id": pa.string(),
        "content_hash": pa.string(),
        "chain_id": pa.string(),
        "parent_id": pa.string(),
        "seed_id": pa.string(),
        "round": pa.int64(),
        "environment": pa.string(),
        "tier": pa.string(),
        "split": pa.string(),
        "pass_count": pa.int64(),
        "graded_count": pa.int64(),
        "attempt_count": pa.int64(),
        "pass_rate": pa.float64(),
        "pass_rate_low": pa.float64(),
        "pass_rate_high": pa.float64(),
        "student_model": pa.string(),
        "student_temperature": pa.float64(),
        "student_top_p": pa.float64(),
        "student_max_tokens": pa.int64(),
        "student_reasoning_effort": pa.string(),
        "prompts_hash": pa.string(),
        "curriculum_rank": pa.int64(),
        "stage": pa.int64(),
        "sampling_weight": pa.float64(),
        "data_source": pa.string(),
        "verifier": pa.struct(
            {"entry": pa.string(), "version": pa.string(), "timeout_s": pa.float64(), "memory_mb": pa.int64()}
        ),
    }
)
"""`attempt_count` is n, the attempts that were sampled; `pass_rate` is null if none was graded, and its interval of 95% too.
`curriculum_rank`, `stage` and `sampling_weight` are null outside a curriculum. `problem_id` is one over all environments."""


def row(problem: PublishedProblem, split: str) -> Row:
    """The columns `ROW` of a problem."""
    made = {
        "tier": str(problem.tier),
        "split": split,
        "data_source": f"steppingstone/{problem.environment}",
        "verifier": {
            "entry": ENTRY,
            "version": _version(),
            "timeout_s": problem.limits.seconds,
            "memory_mb": problem.limits.memory_mb,
        },
    }
    return {name: made[name] if name in made else getattr(problem, name) for name in ROW.names}


def messages(problem: PublishedProblem) -> list[Row]:
    """What a policy is told, as messages of the OpenAI protocol."""
    return [asdict(message) for message in problem.prompt]


def ground_truth(problem: PublishedProblem) -> str:
    """All that grading needs, in ASCII: the problem, and the limits of the run that published it."""
    told = {name: getattr(problem, name) for name in Problem.__slots__}
    return json.dumps(told | {"limits": asdict(problem.limits)})


@lru_cache(KEPT)
def problem_of(ground_truth: str) -> PublishedProblem:
    """The problem of a row's ground truth. Raises `BadInput` if it is no ground truth of ours."""
    try:
        told = json.loads(ground_truth)
        lists = {name: tuple(told[name]) for name in ("inputs", "outputs")}
        return PublishedProblem(**told | lists | {"limits": Limits(**told["limits"])})
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(
            f"this ground truth is none that steppingstone.exports wrote ({error!r}): {ground_truth!s:.200}; "
            "give the reward the column `ground_truth` as it is"
        ) from error


def stages(problems: Sequence[PublishedProblem]) -> dict[int, list[PublishedProblem]]:
    """The problems by stage, in order, for trainers that shuffle whatever they are given. What has no stage is of stage 0."""
    found: dict[int, list[PublishedProblem]] = {}
    for problem in sorted(problems, key=lambda problem: problem.stage or 0):
        found.setdefault(problem.stage or 0, []).append(problem)
    return found


def write_parquet(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> Path:
    """Writes a Parquet file, in the order given."""
    pq.write_table(pa.Table.from_pylist(list(rows), schema), path)
    return path


def write_jsonl(path: Path, rows: Iterable[Row]) -> Path:
    """Writes one JSON text a line, in ASCII and in the order given."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@cache
def _version() -> str:
    try:
        return version("steppingstone")
    except PackageNotFoundError:
        return ""
