"""verl 0.9: a Parquet file for its `RLHFDataset`, and `compute_score` for `reward.custom_reward_function`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from steppingstone.exports import rewards, rows
from steppingstone.exports.rewards import Score
from steppingstone.published import PublishedProblem

SCHEMA = pa.schema(
    {
        "data_source": pa.string(),
        "prompt": rows.MESSAGES,
        "ability": pa.string(),
        "reward_model": pa.struct({"style": pa.string(), "ground_truth": pa.string()}),
        "extra_info": pa.struct([pa.field("index", pa.int64()), *rows.ROW]),
    }
)


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict[str, Any] | None = None, **unused: object
) -> Score:
    """The reward of one response. Raises `InfrastructureError` if we failed: verl has no reward for that, so the run ends."""
    return rewards.score(ground_truth, solution_str)


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes SPLIT.parquet, in the order given."""
    return [rows.write_parquet(folder / f"{split}.parquet", SCHEMA, [_row(*each, split) for each in enumerate(problems)])]


def _row(index: int, problem: PublishedProblem, split: str) -> rows.Row:
    told = rows.row(problem, split)
    return {
        "data_source": told["data_source"],
        "prompt": rows.messages(problem),
        "ability": problem.environment,
        "reward_model": {"style": "rule", "ground_truth": rows.ground_truth(problem)},
        "extra_info": {"index": index} | told,
    }
