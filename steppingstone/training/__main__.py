"""`python -m steppingstone.training PLAN.json`: trains, from the last checkpoint on if there is one."""

import fcntl
import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found]  # what trains has an environment of its own
from accelerate.utils import gather_object  # type: ignore[import-not-found]
from datasets import Dataset  # type: ignore[import-untyped]
from transformers import AutoConfig, TrainerCallback  # type: ignore[import-not-found]
from trl import GRPOConfig, GRPOTrainer  # type: ignore[import-not-found]

from steppingstone.errors import BadInput, SteppingstoneError
from steppingstone.exports.sampling import by_signal
from steppingstone.exports.trl import steppingstone_reward, weigh_groups
from steppingstone.training import checkpoints, measures, plan
from steppingstone.training.measures import Sample
from steppingstone.training.plan import Plan

FAILED, BAD_INPUT = 1, 2
Rows = Sequence[dict[str, Any]]


class Policy(GRPOTrainer):  # type: ignore[misc]  # a class that mypy can't see
    """TRL's trainer, which measures each step by environment and tier, and marks the checkpoints that are whole."""

    def __init__(self, folder: Path, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._metrics_file = folder / plan.METRICS
        self._samples: list[Sample] = []
        self.add_callback(EachStep(self))

    def measure(self, step: int) -> None:
        """Writes what a step came to, over all devices."""
        samples = gather_object(self._samples)
        if self.accelerator.is_main_process:
            measures.append(self._metrics_file, measures.measured(step, samples, self.num_generations))

    def _calculate_rewards(self, inputs: Rows, *given: Any) -> torch.Tensor:
        found: torch.Tensor = super()._calculate_rewards(inputs, *given)
        start = self.accelerator.process_index * len(inputs)
        rewards = found[start : start + len(inputs), 0].tolist()
        graded = [None if math.isnan(reward) else reward for reward in rewards]
        rows = zip(inputs, graded, strict=True)
        self._samples = [Sample(row["environment"], row["tier"], reward) for row, reward in rows]
        return found

    def _generate_and_score_completions(self, inputs: Rows) -> dict[str, Any]:
        made: dict[str, Any] = super()._generate_and_score_completions(inputs)
        # The trainer shuffles completions before it computes their loss; this goes with each.
        return made | {"sample": torch.arange(len(inputs), device=made["advantages"].device)}

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> torch.Tensor:
        self._now = inputs
        loss: torch.Tensor = super()._compute_loss(model, inputs)
        return loss

    def _get_per_token_logps_and_entropies(self, *given: Any, compute_entropy: bool = False, **named: Any) -> Any:
        found = super()._get_per_token_logps_and_entropies(*given, compute_entropy=compute_entropy, **named)
        if compute_entropy:
            mask = self._now["completion_mask"]
            sums, counts = (found[1].detach() * mask).sum(1).tolist(), mask.sum(1).tolist()
            for number, entropy, tokens in zip(self._now["sample"].tolist(), sums, counts, strict=True):
                self._samples[number] = replace(self._samples[number], entropy=entropy, tokens=tokens)
        return found

    def _save_checkpoint(self, *given: Any) -> None:
        super()._save_checkpoint(*given)
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            checkpoints.mark_whole(Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}")


class EachStep(TrainerCallback):  # type: ignore[misc]
    """Has a trainer measure each step."""

    def __init__(self, trainer: Policy) -> None:
        self._trainer = trainer

    def on_step_end(self, args: object, state: Any, control: object, **_: object) -> None:
        self._trainer.measure(state.global_step)


def main(arguments: Sequence[str]) -> int:
    """Trains. Returns 0; prints an error as the last line and returns 2 for what can't be used, 1 for what failed."""
    try:
        path = Path(*arguments)
        with _alone(path.parent):
            train(path.parent, plan.read(path))
    except SteppingstoneError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT if isinstance(error, BadInput) else FAILED
    return 0


def train(folder: Path, planned: Plan) -> None:
    """Trains to the plan's last step, and leaves the policy in `model`."""
    config = config_of(folder, planned)
    _check_model(planned.model)
    last = checkpoints.latest_whole(Path(config.output_dir))
    if config.process_index == 0:
        checkpoints.remove_broken(Path(config.output_dir))
        measures.cut(folder / plan.METRICS, checkpoints.step_of(last) if last else 0)
    problems = Dataset.from_parquet(str(folder / plan.PROBLEMS / "train.parquet"), cache_dir=str(folder / "cache"))
    trainer = Policy(folder, model=planned.model, reward_funcs=steppingstone_reward, args=config, train_dataset=problems)
    if planned.weights:
        weigh_groups(trainer, planned.weights, rule=by_signal if planned.by_reward else None)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    trainer.save_model(str(folder / plan.MODEL))


def config_of(folder: Path, planned: Plan) -> GRPOConfig:
    """TRL's own settings. Raises `BadInput` for one that it does not know or take."""
    ours = {
        "output_dir": str(folder / plan.CHECKPOINTS),
        "per_device_train_batch_size": planned.at_once,
        "gradient_accumulation_steps": planned.accumulated(int(os.environ.get("WORLD_SIZE", 1))),
        "num_generations": planned.attempts,
        "max_completion_length": planned.max_tokens,
        "learning_rate": planned.learning_rate,
        "lr_scheduler_type": "constant",
        "seed": planned.seed,
        "max_steps": planned.steps or -1,
        "num_train_epochs": 1,
        "save_steps": planned.save_every,
        "save_total_limit": planned.keep_checkpoints,
        "logging_steps": 1,
        "shuffle_dataset": False,
        "report_to": "none",
        "disable_tqdm": True,
    }
    try:
        return GRPOConfig(**ours | planned.trl)
    except (TypeError, ValueError) as error:
        raise BadInput(f"train.trl: TRL's GRPOConfig does not take it: {error}") from error


def _check_model(model: str) -> None:
    """Raises `BadInput` if a model can't be found, before anything large is read."""
    try:
        AutoConfig.from_pretrained(model)
    except (OSError, ValueError) as error:
        raise BadInput(f"train.model {model!r} can't be read: {' '.join(str(error).split())}") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Raises `BadInput` if another training is at work in the folder. The kernel frees the lock of one that was killed."""
    with (folder / "lock").open("a") as lock:
        try:
            if os.environ.get("RANK", "0") == "0":
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(f"another process trains in {folder}; wait for it, or name another train.run") from None
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
