"""What is trained, on what and how: the one file that the platform hands to the Python which trains."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from steppingstone.errors import BadInput

FILE, PROBLEMS, METRICS, CHECKPOINTS, MODEL = "plan.json", "problems", "metrics.jsonl", "checkpoints", "model"
TRL = "1.16"
"""The version of TRL whose trainer's inner methods `__main__` overrides, to measure entropy by environment and tier."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A training in a folder of its own. Each step takes `groups` problems, and samples `attempts` completions of each.

    `problems/train.parquet` beside it is `table` of the dataset's `version`. `model` is a folder or a name on Hugging Face's
    hub, `at_once` the completions whose gradient a device computes at once, `trl` more of TRL's `GRPOConfig`. Tiers are drawn
    by `weights`, which follow their reward if `by_reward`; without weights the problems come in their order.
    """

    model: str
    version: int
    table: str
    groups: int
    attempts: int
    at_once: int
    max_tokens: int
    learning_rate: float
    seed: int
    steps: int | None
    save_every: int
    keep_checkpoints: int | None
    weights: dict[str, float]
    by_reward: bool
    trl: dict[str, Any]

    def accumulated(self, devices: int) -> int:
        """Batches whose gradients make up one step of so many devices. Raises `BadInput` if they do not come out even."""
        completions, batch = self.groups * self.attempts, self.at_once * devices
        if completions % batch:
            raise BadInput(
                f"a step has train.groups x train.attempts = {completions} completions, which {devices} devices with "
                f"train.at_once {self.at_once} each can't share evenly; let {batch} divide it"
            )
        return completions // batch


LATER = ("steps", "save_every", "keep_checkpoints", "at_once")
"""What may be changed of a training that was begun: how far it goes, and what leaves its steps what they are."""


def write(folder: Path, plan: Plan) -> Path:
    """Writes the plan of a training, in one atomic step."""
    new = folder / f"{FILE}.new"
    new.write_text(json.dumps(asdict(plan), indent=1), "utf-8")
    return new.replace(folder / FILE)


def read(path: Path) -> Plan:
    """The plan of a file. Raises `BadInput` if it is none."""
    try:
        return Plan(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"{path} is no plan of a training: {error}") from error


def differing(begun: Plan, now: Plan) -> list[str]:
    """What of a plan is not as it was when the training was begun, and must be: `learning_rate 1e-06, now 2e-06`."""
    before, after = asdict(begun), asdict(now)
    return [
        f"{name} {before[name]!r}, now {after[name]!r}" for name in before if name not in LATER and before[name] != after[name]
    ]
