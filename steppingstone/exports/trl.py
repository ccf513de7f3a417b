"""TRL 1.16: a Parquet file for `datasets`; the reward function for `GRPOTrainer` and its kin; weights by which they draw."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

from steppingstone.errors import BadInput
from steppingstone.exports import rewards, rows
from steppingstone.exports.sampling import Observed, Rule, WeightedGroups, Weights
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


def weigh_groups(trainer: Any, weights: Weights, column: str = "tier", rule: Rule | None = None) -> WeightedGroups:
    """Has a `GRPOTrainer` that was made, and does not train yet, draw its problems by the weights of a column's values.

    Its groups stay whole. The weights can be changed by what this returns, or are changed by a rule as each batch's rewards
    come in. Their history is kept in each checkpoint, so that training which resumes draws what it would have drawn.
    Raises `BadInput` if the data set has no such column, or the weights are not those of its values.
    """
    groups = WeightedGroups(
        _values(trainer.train_dataset, column),
        weights,
        batch_groups=trainer.args.generation_batch_size // trainer.num_generations,
        repeats=trainer.num_generations,
        seed=trainer.args.seed,
        times=trainer.num_iterations * trainer.args.steps_per_generation,
    )
    observed = Observed()
    # TRL has no public place for a sampler, and its reward functions can't tell training from evaluation.
    trainer._get_train_sampler = lambda dataset=None: groups
    trainer.add_callback(_kept(groups, observed))
    if rule:
        _follow(trainer, groups, observed, column, rule)
    return groups


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes SPLIT.parquet, in the order given."""
    return [rows.write_parquet(folder / f"{split}.parquet", SCHEMA, (_row(problem, split) for problem in problems))]


def _row(problem: PublishedProblem, split: str) -> rows.Row:
    return {"prompt": rows.messages(problem), "ground_truth": rows.ground_truth(problem)} | rows.row(problem, split)


def _text(completion: Completion) -> str:
    return completion if isinstance(completion, str) else "".join(message["content"] or "" for message in completion)


def _values(dataset: Any, column: str) -> list[str]:
    names = getattr(dataset, "column_names", None) or []
    if column not in names or not hasattr(dataset, "__len__"):
        raise BadInput(f"problems can't be drawn by {column!r}: the data set is a stream, or has only {', '.join(names)}")
    return [*dataset[column]]


def _follow(trainer: Any, groups: WeightedGroups, observed: Observed, column: str, rule: Rule) -> None:
    """Weighs by the rule after each batch of training, by the rewards on all ranks."""
    start, calculate, place = dict(groups.weights), trainer._calculate_rewards, _place(trainer.reward_func_names)
    gather = import_module("accelerate.utils").gather_object

    def watched(inputs: list[rows.Row], *more: object) -> Any:
        found = calculate(inputs, *more)
        if trainer.model.training:
            observed.add(gather([row[column] for row in inputs]), found[:, place].tolist())
            groups.set_weights(rule(start, observed.means))
        return found

    trainer._calculate_rewards = watched


def _place(names: Sequence[str]) -> int:
    """Of several reward functions, ours is the one that is followed."""
    if len(names) > 1 and steppingstone_reward.__name__ not in names:
        raise BadInput(
            f"weights can follow the reward of steppingstone_reward, or of one function alone, not of {', '.join(names)}"
        )
    return names.index(steppingstone_reward.__name__) if len(names) > 1 else 0


class _Kept:
    """What a checkpoint keeps of the drawing, in its trainer_state.json."""

    groups: WeightedGroups
    observed: Observed

    def state(self) -> rows.Row:
        return {"args": {}, "attributes": {}, "changes": self.groups.changes, "observed": self.observed.sums}

    def on_train_begin(self, args: object, state: Any, control: object, **unused: object) -> None:
        kept = state.stateful_callbacks.get(type(self).__name__) if state.global_step else self._new()
        if not kept:
            raise BadInput("this checkpoint is of training without weighted groups; resume it without them, or start anew")
        self.groups.resume(kept["changes"])
        self.observed.sums = {tier: (total, count) for tier, (total, count) in kept["observed"].items()}

    def _new(self) -> rows.Row:
        return {"changes": [(0, self.groups.weights)], "observed": {}}

    def on_epoch_begin(self, args: object, state: Any, control: object, **unused: object) -> None:
        self.groups.set_epoch(int(state.epoch or 0))


def _kept(groups: WeightedGroups, observed: Observed) -> Any:
    """The trainer's callback. It is a class of its own, since a trainer may make another one of it without arguments."""
    base = import_module("transformers.trainer_callback")
    bases = (_Kept, base.TrainerCallback, base.ExportableState)
    return type("SteppingstoneGroups", bases, {"groups": groups, "observed": observed})()
