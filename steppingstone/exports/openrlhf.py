"""OpenRLHF 0.11: a JSONL file a stage, and `reward_func` for `--reward.remote_url`."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from steppingstone.errors import BadInput
from steppingstone.exports import rewards, rows, stages
from steppingstone.published import PublishedProblem

HOOK = '''\
"""What OpenRLHF loads by its path."""

from steppingstone.exports.openrlhf import reward_func

__all__ = ["reward_func"]
'''
COMMAND = (
    "python3 -m openrlhf.cli.train_ppo_ray",
    '--data.prompt_dataset "$data"',
    "--data.input_key prompt --data.label_key label --data.apply_chat_template",
    '--reward.remote_url "$here/reward_func.py"',
    '--actor.model_name_or_path "$model"',
    '--ckpt.output_dir "$run/model" --ckpt.path "$run/checkpoints" --ckpt.load_enable',
)


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[str], **unused: object) -> dict[str, Any]:
    """The rewards as tensors, by the labels alone. Raises `InfrastructureError` if we failed, which OpenRLHF logs: it has no
    reward then.

    A query is the prompt and the reply, decoded with all special tokens.
    """
    asked = ((label, _reply(*each)) for *each, label in zip(queries, prompts, labels, strict=True))
    found = [each["score"] for each in rewards.scores(asked)]
    tensor = import_module("torch").tensor(found)
    return {"rewards": tensor, "scores": tensor, "extra_logs": {"acc": tensor}}


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes stage-N.jsonl, each in the order given, with reward_func.py and train.sh."""
    parts = stages.by_stage(problems)
    return [
        *(
            rows.write_jsonl(folder / f"stage-{stage}.jsonl", (_row(problem, split) for problem in part))
            for stage, part in parts.items()
        ),
        rows.write_text(folder / "reward_func.py", HOOK),
        stages.write_script(folder / "train.sh", "OpenRLHF", list(parts), "jsonl", COMMAND, '"$run/model"'),
    ]


def _row(problem: PublishedProblem, split: str) -> rows.Row:
    told = rows.row(problem, split)
    return {
        "prompt": rows.messages(problem),
        "label": rows.ground_truth(problem),
        "datasource": told["data_source"],
        "steppingstone": told,
    }


def _reply(query: str, prompt: str) -> str:
    _, found, reply = query.partition(prompt)
    if not found:
        raise BadInput(f"a query does not hold its prompt, so what the policy replied can't be told: {query[:200]!r}")
    return rewards.without_end(reply)
