"""The presets: each is read as it stands, and asks for what its name says."""

from pathlib import Path

import pytest

import infra
from infra.command import read_settings
from steppingstone.settings import CURRICULA, Settings, TargetSettings

PRESETS = Path(infra.__file__).parent / "presets"
FOUR = ("induction", "abduction", "deduction", "fuzzing")
EACH_5000 = dict.fromkeys(FOUR, 5000)
ASKS = {"four-by-5000": EACH_5000, "one-by-20000": {"induction": 20_000}, "real-and-synthetic": EACH_5000}
READ = {
    "four-by-5000": {"four_by_5000": EACH_5000, "four_by_5000_medium_first": EACH_5000},
    "one-by-20000": {"one_by_20000": {"induction": 20_000}, "one_by_20000_medium_first": {"induction": 20_000}},
    "real-and-synthetic": {"mix": EACH_5000 | {"real": 25_000}, "real": {"real": 25_000}, "synthetic": EACH_5000},
}


def preset(name: str, *options: str) -> Settings:
    return read_settings("nightly", ["--settings", str(PRESETS / f"{name}.toml"), *options])


def test_each_preset_is_known_here() -> None:
    assert {path.stem for path in PRESETS.iterdir()} == set(ASKS)


@pytest.mark.parametrize("name", ASKS)
def test_a_preset_asks_for_what_its_name_says(name: str) -> None:
    settings = preset(name)
    assert settings.targets == {environment: TargetSettings(total=total) for environment, total in ASKS[name].items()}
    assert settings.environments == tuple(ASKS[name])


@pytest.mark.parametrize("name", READ)
def test_a_preset_has_curricula_of_what_its_name_says(name: str) -> None:
    budgets = {
        curriculum: {part: budget.total for part, budget in wanted.budgets.items()}
        for curriculum, wanted in preset(name).curricula.items()
    }
    assert budgets == READ[name]


@pytest.mark.parametrize("name", ASKS)
def test_a_preset_has_seeds_for_one_kept_problem_of_four_chains(name: str) -> None:
    assert preset(name).seeds.count >= 4 * max(ASKS[name].values())


@pytest.mark.parametrize("name", ASKS)
def test_a_preset_changes_targets_environments_seeds_and_curricula_alone(name: str) -> None:
    left = {"targets": {}, "environments": FOUR, "seeds": preset(name).seeds.model_copy(update={"count": 24})}
    assert preset(name).model_copy(update=left | {"curricula": CURRICULA}) == Settings()


@pytest.mark.parametrize("name", ASKS)
def test_the_caps_that_a_preset_suggests_can_be_used(name: str, tmp_path: Path) -> None:
    text = (PRESETS / f"{name}.toml").read_text("utf-8").replace("# caps.", "caps.")
    file = tmp_path / "capped.toml"
    file.write_text(text, "utf-8")
    caps = read_settings("nightly", ["--settings", str(file)]).caps
    assert None not in (caps.tokens, caps.dollars, caps.hours)


def test_an_option_wins_over_a_preset() -> None:
    assert preset("one-by-20000", "--seeds.count", "3").seeds.count == 3
