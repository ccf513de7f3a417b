"""TRL 1.16: a Parquet file for `datasets`, and the reward function for `GRPOTrainer` and its kin."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from steppingstone.exports import rewards, rows
from steppingstone.published import PublishedProblem

SCHEMA = pa.schema([pa.field("prompt", rows.MESSAGES), pa.field("ground_truth", pa.string()), *rows.ROW])

Completion = str | list[dict[str, str]]
"""A text, or the messages of the reply to a prompt of messages."""


def steppingstone_reward(
    prompts: Sequence[object],
    completions: Sequence[Completion],
    ground_truth: Sequence[str],
    log_extra: Callable[[str, list[str]], None] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **unused: object,
) -> list[float | None]:
    """A reward for each completion; None for what we failed at, which TRL leaves out of the group's mean and of the loss.

    Verdict and reason go to TRL's table of completions, and the share that we failed at to its metrics.
    """
    asked = zip(ground_truth, map(_text, completions), strict=True)
    found = rewards.scores_or_none(asked)
    if log_extra:
        log_extra("verdict", [each["verdict"] if each else "ungraded" for each in found])
        log_extra("reason", [each["reason"] if each else "" for each in found])
    if log_metric:
        log_metric("ungraded", found.count(None) / max(1, len(found)))
    return [each["score"] if each else None for each in found]


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes SPLIT.parquet, in the order given."""
    return [rows.write_parquet(folder / f"{split}.parquet", SCHEMA, (_row(problem, split) for problem in problems))]


def _row(problem: PublishedProblem, split: str) -> rows.Row:
    return {"prompt": rows.messages(problem), "ground_truth": rows.ground_truth(problem)} | rows.row(problem, split)


def _text(completion: Completion) -> str:
    return completion if isinstance(completion, str) else "".join(message["content"] or "" for message in completion)
