"""NeMo-Gym 0.5: a JSONL file that is read in its order, and a resources server."""

from collections.abc import Sequence
from pathlib import Path

from steppingstone.exports import rows
from steppingstone.published import PublishedProblem

AGENT = {"type": "responses_api_agents", "name": "steppingstone_simple_agent"}


def write(problems: Sequence[PublishedProblem], folder: Path, split: str) -> list[Path]:
    """Writes a folder for NeMo-Gym's resources_servers: data/SPLIT.jsonl, in the order given, with the server."""
    for name in ("data", "configs"):
        (folder / name).mkdir()
    return [
        rows.write_jsonl(folder / "data" / f"{split}.jsonl", (_row(problem, split) for problem in problems)),
        rows.copy("nemo_gym/app.py.txt", folder / "app.py"),
        rows.copy("nemo_gym/steppingstone.yaml", folder / "configs" / "steppingstone.yaml"),
        rows.copy("nemo_gym/requirements.txt", folder / "requirements.txt"),
    ]


def _row(problem: PublishedProblem, split: str) -> rows.Row:
    return {
        "responses_create_params": {"input": rows.messages(problem)},
        "verifier_metadata": {"ground_truth": rows.ground_truth(problem)} | rows.row(problem, split),
        "agent_ref": AGENT,
    }
