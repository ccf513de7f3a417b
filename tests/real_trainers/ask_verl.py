"""`python ask_verl.py EXPORT ATTEMPTS MODEL`: verl reads the file, and its reward manager scores each attempt."""

import asyncio
import json
import sys
from pathlib import Path

import ray
import torch
from omegaconf import OmegaConf
from transformers import AutoTokenizer
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager
from verl.trainer.ppo.utils import create_rl_dataset, create_rl_sampler
from verl.utils.dataset.rl_dataset import collate_fn

HOOK = "pkg://steppingstone.exports.verl"


def main(folder: Path, attempts: Path, model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model)
    rows = read(folder, tokenizer)
    of = {row["extra_info"]["problem_id"]: row for row in rows}
    asked = [(of[problem_id], completion) for problem_id, completion in json.loads(attempts.read_text())]
    manager = load_reward_manager(reward_config(), tokenizer)
    found = manager.loop.run_until_complete(score(manager, tokenizer, asked))
    print(json.dumps({"order": list(of), "found": found, "in_a_worker": in_a_worker(asked[0])}))


def read(folder: Path, tokenizer: AutoTokenizer) -> list[dict]:
    """The rows in the order in which verl trains on them."""
    config = OmegaConf.create(
        {
            "shuffle": False,
            "max_prompt_length": 8192,
            "filter_overlong_prompts": True,
            "filter_overlong_prompts_workers": 1,
            "cache_dir": str(folder / "cache"),
            "custom_cls": {"path": None, "name": None},
        }
    )
    dataset = create_rl_dataset([str(folder / "train.parquet")], config, tokenizer, None)
    return [dataset[place] for place in create_rl_sampler(config, dataset)]


def reward_config() -> OmegaConf:
    manager = {"source": "register", "name": "naive"}
    hook = {"path": HOOK, "name": "compute_score"}
    return OmegaConf.create({"reward": {"custom_reward_function": hook, "reward_manager": manager}})


async def score(manager: object, tokenizer: AutoTokenizer, asked: list[tuple[dict, str]]) -> list[dict]:
    return await asyncio.gather(*(manager.run_single(batch(tokenizer, *each)) for each in asked))


def batch(tokenizer: AutoTokenizer, row: dict, completion: str) -> DataProto:
    """A row and its response, as a rollout gives them."""
    response = torch.tensor([tokenizer.encode(completion, add_special_tokens=False)])
    given = {"responses": response, "attention_mask": torch.ones_like(response)}
    held = collate_fn([{name: row[name] for name in ("data_source", "reward_model", "extra_info")}])
    return DataProto.from_single_dict(given | held)


def in_a_worker(asked: tuple[dict, str]) -> list[object]:
    """Servers and score of a process of Ray's, where verl's reward loop runs."""

    @ray.remote
    def work(truth: str, completion: str) -> list[object]:
        from steppingstone.exports.verl import compute_score
        from steppingstone.grading import usual_servers

        return [usual_servers(), compute_score("", completion, truth)["score"]]

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    row, completion = asked
    try:
        return ray.get(work.remote(row["reward_model"]["ground_truth"], completion))
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
