"""The settings for the paper's three models: each is read as it stands."""

from pathlib import Path

import pytest

import infra
from infra.command import read_settings
from steppingstone.settings import TrainSettings
from steppingstone.training.plan import Plan

FOLDER = Path(infra.__file__).parent / "training"
PRESETS = [path for path in sorted(FOLDER.glob("*.toml")) if path.stem != "loop"]
DEVICES = 8


def train(preset: Path) -> TrainSettings:
    return read_settings("train", ["--settings", str(preset)]).train


def test_there_is_one_for_each_model_of_the_paper() -> None:
    models = {train(preset).model for preset in PRESETS}
    assert models == {"meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen3-8B-Base", "Qwen/Qwen2.5-32B"}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: str(preset.stem))
def test_it_samples_by_vllm_and_its_devices_share_a_step_evenly(preset: Path) -> None:
    chosen = train(preset)
    assert (chosen.run, chosen.trl["use_vllm"]) == (preset.stem, True)
    assert chosen.launch[-2:] == ("--nproc-per-node", str(DEVICES))
    same = {name: getattr(chosen, name) for name in Plan.__slots__ if name in TrainSettings.model_fields}
    assert Plan(**same, version=1, table=chosen.curriculum, seed=0).accumulated(DEVICES) * chosen.at_once * DEVICES == 1024


def test_the_loop_trains_as_the_preset_of_its_model_does() -> None:
    loop = read_settings("loop", ["--settings", str(FOLDER / "loop.toml")])
    alone = train(FOLDER / "qwen3-8b-base.toml")
    assert loop.train == alone.model_copy(update={"run": "loop", "steps": loop.train.steps})
    assert {"{model}", "{port}"} <= set(loop.loop.serve)
