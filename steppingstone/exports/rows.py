"""What all exports carry of a problem: its prompt, lineage and difficulty, and all that grading it needs as one JSON text."""

import json
from collections.abc import Iterable
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
            "version": version_of_ours(),
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


def write_parquet(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> Path:
    """Writes a Parquet file, in the order given."""
    pq.write_table(pa.Table.from_pylist(list(rows), schema), path)
    return path


def write_jsonl(path: Path, rows: Iterable[Row]) -> Path:
    """Writes one JSON text a line, in ASCII and in the order given."""
    return write_text(path, "".join(json.dumps(row) + "\n" for row in rows))


def write_text(path: Path, text: str) -> Path:
    """Writes a text."""
    path.write_text(text, "utf-8")
    return path


def copy(name: str, path: Path) -> Path:
    """Copies a file of `to-copy`: code that needs its trainer, and so can be no module of ours."""
    return write_text(path, (Path(__file__).parent / "to-copy" / name).read_text("utf-8"))


@cache
def version_of_ours() -> str:
    """Empty if this package is not installed but found on the path."""
    try:
        return version("steppingstone")
    except PackageNotFoundError:
        return ""
