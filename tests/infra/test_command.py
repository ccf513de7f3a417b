"""The command line: settings from a file and from options, and errors that say what to do."""

from pathlib import Path

import pytest

from infra.command import read_settings
from steppingstone.errors import BadInput
from steppingstone.settings import Settings


def test_without_options_the_settings_are_the_defaults() -> None:
    assert read_settings("nightly", []) == Settings()


def test_options_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        'random_seed = 7\n[generation]\nrounds = 2\nattempts = 16\n[teacher]\nbase_urls = ["http://t/v1"]\nmodel = "t"\n'
    )
    settings = read_settings("nightly", ["--settings", str(file), "--generation.attempts", "8", "--seeds.count", "3"])
    assert (settings.random_seed, settings.generation.rounds, settings.generation.attempts) == (7, 2, 8)
    assert (settings.teacher.base_urls, settings.teacher.model, settings.teacher.reasoning_effort) == (
        ("http://t/v1",),
        "t",
        "high",
    )
    assert settings.seeds.count == 3


def test_the_environment_does_not_leak_into_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANDOM_SEED", "5")
    monkeypatch.setenv("DATA_ROOT", "/elsewhere")
    assert read_settings("nightly", []) == Settings()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--generation.attempts", "0"], r"generation\.attempts = '0': Input should be greater than or equal to 1"),
        (["--generation.attempts", "2000"], r"generation\.attempts = '2000': Input should be less than or equal to 1024"),
        (["--generation.rounds", "21"], r"generation\.rounds = '21': .* less than or equal to 20"),
        (["--generation.harder_above", "1.5"], r"generation\.harder_above = '1\.5'"),
        (["--seeds.min_lines", "60"], "min_lines 60 is more than max_lines 50"),
        (["--tiers.hard_max", "0.9"], r"hard_max 0\.9 is more than medium_max 0\.65"),
        (["--environments", "[]"], "environments = .* at least 1 item"),
        (
            ["--teacher.base_urls", "http://host:port/v1"],
            r"teacher\.base_urls = .*'http://host:port/v1' is no address such as http",
        ),
        (["--student.base_urls", "http://[::1/v1"], "is no address"),
        (["--student.base_urls", "nonsense"], "is no address"),
        (["--targets", '{"inductoin": {"easy": 5}}'], "^targets for inductoin, but environments are induction"),
        (["--environments", '["fuzzing", "fuzzing"]'], "each environment can stand there once"),
        (["--teacher.reasoning_effort", "huge"], r"teacher\.reasoning_effort = 'huge'"),
    ],
)
def test_a_value_out_of_range_is_named_with_what_it_may_be(options: list[str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        read_settings("nightly", options)


@pytest.mark.parametrize(
    ("text", "told"), [("random_seed = ", "is not TOML"), ("rounds = 3", "rounds = 3: Extra inputs are not permitted")]
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=told):
        read_settings("nightly", ["--settings", str(file)])


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match=r"settings file 'none\.toml': No such file"):
        read_settings("nightly", ["--settings", "none.toml"])


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings("nightly", ["--generation.round", "3"])
    assert ended.value.code == 2
    assert "--generation.round" in capsys.readouterr().err
