"""The rounds of a loop: what each is given by the one before it, and which steps of it are done."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from steppingstone.settings import Settings
from steppingstone.training.plan import MODEL
from tasks.prepare import training_folder
from tasks.progress import tell

LAST = "generated"
"""The step that ends a round."""


def rounds_left(settings: Settings) -> Iterator[Settings]:
    """The settings of each round that is not done: the policy that the one before it trained, and random numbers of its own."""
    for number in range(1, settings.loop.rounds + 1):
        now = in_round(settings, number)
        if not (training_folder(now) / LAST).exists():
            tell(f"round {number} of {settings.loop.rounds}")
            yield now


def in_round(settings: Settings, number: int) -> Settings:
    """The settings of a round, counted from 1."""
    train, seed = settings.train, settings.random_seed or 0
    told: dict[str, object] = {"run": f"{train.run}-{number}"}
    if number > 1:
        told["model"] = str(training_folder(in_round(settings, number - 1)) / MODEL)
    return settings.model_copy(update={"train": train.model_copy(update=told), "random_seed": seed + number})


def once(step: str, flow: Callable[[Settings], Any], settings: Settings) -> str:
    """What a flow returns that is a step of a round. A step that was done before the loop was stopped is not done again."""
    done: Path = training_folder(settings) / step
    if not done.exists():
        done.with_suffix(".new").write_text(str(flow(settings)), "utf-8")
        done.with_suffix(".new").replace(done)
    return done.read_text("utf-8")
