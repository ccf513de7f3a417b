"""What a step of training came to, by environment and tier: reward, entropy, and how many groups gave no signal."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ALL = "all"
"""The environment, and the tier, of a step's row for all completions together."""

TAIL = 20_000
"""Bytes that hold the rows of a step: one for each environment and tier."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion that was trained on. `entropy` is the sum over its tokens, in nats; `reward` is None if ungraded."""

    environment: str
    tier: str
    reward: float | None
    entropy: float = 0.0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """A row of `metrics.jsonl`: a step's completions of one environment and tier, or of all.

    `reward` is the mean over those that were graded, and None if none was; `entropy` is the policy's mean over the tokens, in
    nats, `tokens` the mean of a completion. `without_signal` is the share of groups of which no two rewards differ: such a
    group moves the policy nowhere.
    """

    step: int
    environment: str
    tier: str
    groups: int
    completions: int
    ungraded: int
    reward: float | None
    entropy: float
    tokens: float
    without_signal: float


def measured(step: int, samples: Sequence[Sample], group: int) -> list[Measures]:
    """The rows of a step: all together, then each environment and tier. Each `group` samples in a row are of one problem."""
    cells = defaultdict[tuple[str, str], list[Sequence[Sample]]](list)
    for start in range(0, len(samples), group):
        one = samples[start : start + group]
        for cell in ((ALL, ALL), (one[0].environment, one[0].tier)):
            cells[cell].append(one)
    first, *rest = [_measures(step, *cell, groups) for cell, groups in cells.items()]
    return [first, *sorted(rest, key=lambda row: (row.environment, row.tier))]


def append(path: Path, rows: Sequence[Measures]) -> None:
    """Writes rows behind those that are there, and down to the disk."""
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(asdict(row)) + "\n" for row in rows))
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> list[Measures]:
    """The rows of a file, none if it is not there. What a killed writer left of a last row is left out."""
    return list(_rows(path)) if path.exists() else []


def last_step(path: Path) -> list[Measures]:
    """The rows of the newest step that are there, none if there is none; reads no more than the end of the file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            lines = file.read().decode("utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return []
    rows = [Measures(**json.loads(line)) for line in lines if line.startswith("{") and line.endswith("\n")]
    return [row for row in rows if row.step == rows[-1].step]


def cut(path: Path, step: int) -> None:
    """Leaves out the rows of later steps, which are trained once more after a checkpoint of this step."""
    kept = [row for row in read(path) if row.step <= step]
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    append(new, kept)
    new.replace(path)


def _rows(path: Path) -> Iterator[Measures]:
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield Measures(**json.loads(line))


def _measures(step: int, environment: str, tier: str, groups: Sequence[Sequence[Sample]]) -> Measures:
    samples = [sample for group in groups for sample in group]
    rewards = [sample.reward for sample in samples if sample.reward is not None]
    tokens = sum(sample.tokens for sample in samples)
    return Measures(
        step,
        environment,
        tier,
        groups=len(groups),
        completions=len(samples),
        ungraded=len(samples) - len(rewards),
        reward=sum(rewards) / len(rewards) if rewards else None,
        entropy=sum(sample.entropy for sample in samples) / max(1, tokens),
        tokens=tokens / len(samples),
        without_signal=sum(map(_is_without_signal, groups)) / len(groups),
    )


def _is_without_signal(group: Sequence[Sample]) -> bool:
    return len({sample.reward for sample in group} - {None}) < 2
