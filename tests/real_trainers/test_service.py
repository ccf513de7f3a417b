"""TRL's own `GRPOTrainer`, whose rewards come from a grading service: nothing that a model wrote runs beside the trainer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steppingstone.versions import Version
from tests.real_trainers.conftest import Told, rewards
from tests.service.asking import ask as ask_service
from tests.service.serving import TOKEN, serving


def test_its_rewards_are_those_of_the_data(
    ask: Callable[..., Told], tiny_model: Path, version: Version, attempts: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(version.folder) as service:
        monkeypatch.setenv("STEPPINGSTONE_GRADER_URL", service.url)
        monkeypatch.setenv("STEPPINGSTONE_TOKEN", TOKEN)
        monkeypatch.setenv("STEPPINGSTONE_SERVERS", "none")  # a grader beside the trainer would be refused
        told = ask("trl", "trl", "ask_trl.py", str(tiny_model))
        assert ask_service(service.url, "/health").told["graded"] > len(attempts)
    assert told["found"] == rewards(attempts)
    assert told["verdicts"] == [row["verdict"] for row in attempts]
