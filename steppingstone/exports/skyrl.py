"""SkyRL and skyrl-gym 0.4: a Parquet file a stage, and main.py with the environment `steppingstone`."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from steppingstone.exports import rows, stages
from steppingstone.published import PublishedProblem

SCHEMA = pa.schema(
    {
        "data_source": pa.string(),
        "prompt": rows.MESSAGES,
        "env_class": pa.string(),
        "reward_spec": pa.struct({"method": pa.string(), "ground_truth": pa.string()}),
        "extra_info": pa.struct([pa.field("index", pa.int64()), *rows.ROW]),
    }
)
COMMAND = (
    'python3 "$here/main.py"',
    "environment.env_class=steppingstone",
    "\"data.train_data=['$data']\"",
    '"trainer.policy.model.path=$model"',
    '"trainer.ckpt_path=$run/checkpoints"',
    '"trainer.export_path=$run/models"',
    "trainer.resume_mode=latest",
    "trainer.hf_save_interval=1000000",
)
LEFT = '$(ls -d "$run"/models/global_step_*/policy | sort -V | tail -n 1)'


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes stage-N.parquet, each in the order given, with main.py and train.sh."""
    parts = stages.by_stage(problems)
    return [
        *(
            rows.write_parquet(folder / f"stage-{stage}.parquet", SCHEMA, (_row(*each, split) for each in enumerate(part)))
            for stage, part in parts.items()
        ),
        rows.copy("skyrl/main.py.txt", folder / "main.py"),
        stages.write_script(folder / "train.sh", "SkyRL", list(parts), "parquet", COMMAND, LEFT),
    ]


def _row(index: int, problem: PublishedProblem, split: str) -> rows.Row:
    told = rows.row(problem, split)
    return {
        "data_source": told["data_source"],
        "prompt": rows.messages(problem),
        "env_class": "steppingstone",
        "reward_spec": {"method": "rule", "ground_truth": rows.ground_truth(problem)},
        "extra_info": {"index": index} | told,
    }
