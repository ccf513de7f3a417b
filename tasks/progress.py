"""Live progress of a generation: a display in the terminal and an artifact in Prefect's UI."""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import distributed
from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from steppingstone.records import Tier
from steppingstone.settings import Settings

TOPIC = "steppingstone-rounds-{run_id}"
_TIERS = (Tier.UNSOLVED, Tier.HARD, Tier.MEDIUM, Tier.EASY, Tier.TRIVIAL)


@dataclass
class Tally:
    """What has been reported so far, by environment: rounds, problems by tier, rejected proposals."""

    environments: tuple[str, ...]
    rounds: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    tiers: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, event: dict[str, Any]) -> None:
        """Counts one round."""
        name = event["environment"]
        self.rounds[name] += 1
        if event["tier"] is None:
            self.rejected[name] += 1
        else:
            self.tiers[name, event["tier"]] += 1

    def table(self) -> Table:
        """One row an environment."""
        table = Table("environment", "rounds", *(str(tier) for tier in _TIERS), "rejected", box=None, header_style="bold")
        for name in self.environments:
            counts = (self.rounds[name], *(self.tiers[name, tier] for tier in _TIERS), self.rejected[name])
            table.add_row(name, *map(str, counts))
        return table


def tell(message: str) -> None:
    """Says something in the terminal and in Prefect's log."""
    get_run_logger().info(message)
    Console(stderr=True).print(message, highlight=False, soft_wrap=True)


class Watch:
    """The rounds that a cluster reports, shown in the terminal. A round that was run again counts once."""

    def __init__(self, client: distributed.Client, run_id: str, chains: int, settings: Settings) -> None:
        self._topic = TOPIC.format(run_id=run_id)
        self.tally = Tally(settings.environments)
        self._client = client
        self._rounds = chains * settings.generation.rounds
        self._seen: set[tuple[str, int]] = set()
        self._bar = Progress(
            TextColumn("rounds"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self._steps = self._bar.add_task("rounds", total=self._rounds)

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """The terminal's display and the artifact in Prefect's UI, which `refresh` brings up to date."""
        self._artifact = create_progress_artifact(0.0, key="rounds", description="Rounds done, of all chains")
        self._client.subscribe_topic(self._topic, self._heard)
        try:
            with Live(get_renderable=lambda: Group(self.tally.table(), self._bar), console=Console(stderr=True)):
                yield
            self.refresh()
        finally:
            self._client.unsubscribe_topic(self._topic)

    def refresh(self) -> None:
        """Brings the artifact up to date."""
        assert isinstance(self._artifact, UUID)
        update_progress_artifact(self._artifact, progress=100.0 * len(self._seen) / self._rounds)

    def _heard(self, message: tuple[float, str]) -> None:
        event = json.loads(message[1])
        if (key := (event["chain_id"], event["number"])) not in self._seen:
            self._seen.add(key)
            self.tally.add(event)
            self._bar.advance(self._steps)
