"""slime: a JSONL file that is read in its order, and `reward` for `--custom-rm-path steppingstone.exports.slime.reward`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from steppingstone.exports import rewards, rows
from steppingstone.exports.rewards import Score
from steppingstone.published import PublishedProblem


async def reward(args: object, sample: Any, **unused: object) -> Score | list[Score]:
    """The reward of a sample, or those of a list of samples under `--group-rm`; slime takes it by `--reward-key score`.

    Raises `InfrastructureError` if we failed.
    """
    if isinstance(sample, list):
        return await asyncio.to_thread(rewards.scores, [_asked(each) for each in sample])
    return await rewards.ascore(*_asked(sample))


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes SPLIT.jsonl, in the order given."""
    return [rows.write_jsonl(folder / f"{split}.jsonl", (_row(problem, split) for problem in problems))]


def _row(problem: PublishedProblem, split: str) -> rows.Row:
    return {"prompt": rows.messages(problem), "label": rows.ground_truth(problem), "metadata": rows.row(problem, split)}


def _asked(sample: Any) -> rewards.Asked:
    return sample.label, rewards.without_end(sample.response)
