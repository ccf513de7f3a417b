"""`python ask_trl_groups.py EXPORT ATTEMPTS MODEL`: `GRPOTrainer`s with weights that follow the reward train, and resume.

First in this process, and then in two ranks.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from steppingstone.exports.sampling import by_signal
from steppingstone.exports.trl import weigh_groups

OF_EACH, STEPS, STOPS, RANKS = 4, 8, (3, 7), 2
EARNS = {"induction": (0.0, 1.0), "abduction": (1.0, 1.0), "deduction": (0.0, 0.0)}
"""What every other completion earns. Only the first have any signal."""


class Watched(GRPOTrainer):
    """Notes which problems this rank is given, a list for each time that it generates."""

    def _generate_and_score_completions(self, inputs: list[dict]) -> object:
        self.seen = [*getattr(self, "seen", []), [row["problem_id"] for row in inputs]]
        return super()._generate_and_score_completions(inputs)


def earned(prompts: list, environment: list[str], **unused: object) -> list[float]:
    return [EARNS[each][place % 2] for place, each in enumerate(environment)]


def main(folder: Path, attempts: Path, model: Path) -> None:
    rows = Dataset.from_parquet(str(folder / "train.parquet"), cache_dir=str(folder / "cache"))
    places = [place for each in EARNS for place in [i for i, of in enumerate(rows["environment"]) if of == each][:OF_EACH]]
    told = train(model, rows.select(places), folder / os.environ.get("RANK", "alone"))
    if "RANK" in os.environ:
        (folder / f"told-{os.environ['RANK']}.json").write_text(json.dumps(told))
        return
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(RANKS)]
    subprocess.run([*run, *sys.argv], stdout=subprocess.DEVNULL, check=True)
    told["ranks"] = [json.loads((folder / f"told-{rank}.json").read_text()) for rank in range(RANKS)]
    print(json.dumps(told))


def train(model: Path, dataset: Dataset, folder: Path) -> dict:
    """Training without a stop, and what resumes after each of the stops."""
    saved = folder.parent / "checkpoints" if "RANK" in os.environ else folder
    return {
        "of": dict(zip(dataset["problem_id"], dataset["environment"], strict=True)),
        "whole": trained(model, dataset, saved, None),
        "resumed": {step: trained(model, dataset, folder / "on", saved / f"checkpoint-{step}") for step in STOPS},
    }


def trained(model: Path, dataset: Dataset, folder: Path, checkpoint: Path | None) -> dict:
    """What was drawn, and by which weights."""
    trainer = Watched(str(model), earned, config(folder, save=checkpoint is None), dataset)
    groups = weigh_groups(trainer, dict.fromkeys(EARNS, 1.0), column="environment", rule=by_signal)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return {"seen": trainer.seen, "changes": groups.changes}


def config(folder: Path, save: bool) -> GRPOConfig:
    """A step is of two groups of four, generated at once and learnt from in two parts."""
    return GRPOConfig(
        output_dir=str(folder),
        use_cpu=True,
        bf16=False,
        per_device_train_batch_size=4 // int(os.environ.get("WORLD_SIZE", "1")),
        gradient_accumulation_steps=2,
        num_generations=4,
        max_completion_length=4,
        max_steps=STEPS,
        save_strategy="steps" if save else "no",
        save_steps=1,
        report_to="none",
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
