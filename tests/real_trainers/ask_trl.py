"""`python ask_trl.py EXPORT ATTEMPTS MODEL`: a `GRPOTrainer` computes the rewards of the attempts, and trains two steps."""

import json
import sys
from pathlib import Path

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from steppingstone.exports.trl import steppingstone_reward

STEPS = 2


class Watched(GRPOTrainer):
    """Notes which problems it is given, in order."""

    def _generate_and_score_completions(self, inputs: list[dict]) -> object:
        self.seen = [*getattr(self, "seen", []), *(row["problem_id"] for row in inputs)]
        return super()._generate_and_score_completions(inputs)


def main(folder: Path, attempts: Path, model: Path) -> None:
    dataset = Dataset.from_parquet(str(folder / "train.parquet"), cache_dir=str(folder / "cache"))
    trainer = Watched(str(model), steppingstone_reward, config(folder), dataset)
    of = {row["problem_id"]: row for row in dataset}
    asked = [(of[problem_id], completion) for problem_id, completion in json.loads(attempts.read_text())]
    found = score(trainer, asked)
    verdicts = list(trainer._pending_extra_logs.pop("verdict"))
    trainer._pending_extra_logs.clear()
    trainer.train()
    steps = [each for each in trainer.state.log_history if "reward" in each]
    print(json.dumps({"found": found, "verdicts": verdicts, "seen": trainer.seen, "steps": len(steps)}))


def config(folder: Path) -> GRPOConfig:
    return GRPOConfig(
        output_dir=str(folder / "checkpoints"),
        use_cpu=True,
        bf16=False,
        per_device_train_batch_size=8,
        num_generations=4,
        max_completion_length=16,
        max_steps=STEPS,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        shuffle_dataset=False,
    )


def score(trainer: GRPOTrainer, asked: list[tuple[dict, str]]) -> list[float]:
    """The rewards as the trainer has them."""
    inputs = [row for row, _ in asked]
    replies = [[{"role": "assistant", "content": completion}] for _, completion in asked]
    found = trainer._calculate_rewards(inputs, [row["prompt"] for row in inputs], replies, [[1]] * len(asked))
    return found[:, 0].tolist()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
