"""The presets: each is read as it stands, and asks for what its name says."""

from pathlib import Path

import pytest

import infra
from infra.command import read_settings
from steppingstone.settings import Settings, TargetSettings

PRESETS = Path(infra.__file__).parent / "presets"
FOUR = ("induction", "abduction", "deduction", "fuzzing")
ASKS = {"four-by-5000": dict.fromkeys(FOUR, 5000), "one-by-20000": {"induction": 20_000}}


def preset(name: str, *options: str) -> Settings:
    return read_settings("nightly", ["--settings", str(PRESETS / f"{name}.toml"), *options])


def test_each_preset_is_known_here() -> None:
    assert {path.stem for path in PRESETS.iterdir()} == set(ASKS)


@pytest.mark.parametrize("name", ASKS)
def test_a_preset_asks_for_what_its_name_says(name: str) -> None:
    settings = preset(name)
    assert settings.targets == {environment: TargetSettings(total=total) for environment, total in ASKS[name].items()}
    assert settings.environments == tuple(ASKS[name])


@pytest.mark.parametrize("name", ASKS)
def test_a_preset_has_seeds_for_one_kept_problem_of_four_chains(name: str) -> None:
    assert preset(name).seeds.count >= 4 * max(ASKS[name].values())


@pytest.mark.parametrize("name", ASKS)
def test_a_preset_changes_targets_environments_and_seeds_alone(name: str) -> None:
    left = {"targets": {}, "environments": FOUR, "seeds": preset(name).seeds.model_copy(update={"count": 24})}
    assert preset(name).model_copy(update=left) == Settings()


@pytest.mark.parametrize("name", ASKS)
def test_the_caps_that_a_preset_suggests_can_be_used(name: str, tmp_path: Path) -> None:
    text = (PRESETS / f"{name}.toml").read_text("utf-8").replace("# caps.", "caps.")
    file = tmp_path / "capped.toml"
    file.write_text(text, "utf-8")
    caps = read_settings("nightly", ["--settings", str(file)]).caps
    assert None not in (caps.tokens, caps.dollars, caps.hours)


def test_an_option_wins_over_a_preset() -> None:
    assert preset("one-by-20000", "--seeds.count", "3").seeds.count == 3
