"""Live progress of a run's batches: a display in the terminal and artifacts in Prefect's UI."""

import contextlib
import json
import queue
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import distributed
import httpx
from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from steppingstone import counts
from steppingstone.batches import Batch, BatchDone, Pulse
from steppingstone.dispatch import Dispatch
from steppingstone.settings import Settings
from steppingstone.spending import Spent
from tasks.expose import write_targets

TOPIC = "steppingstone-progress-{run_id}"
RATE_WINDOW_S = 60
ARTIFACTS_S = 5


def tell(message: str) -> None:
    """Says something in the terminal and in Prefect's log."""
    get_run_logger().info(message)
    Console(stderr=True).print(message, highlight=False, soft_wrap=True)


class Progress(ABC):
    """What a run's batches have reported so far. `title` says what they do, and `unit` what their jobs are."""

    title: str
    unit: str

    def __init__(self, plan: Dispatch[Any], settings: Settings) -> None:
        self.plan = plan
        self._settings = settings
        self._pulses: dict[str, Pulse] = {}
        self._completions = 0
        self._since = time.monotonic()
        self._trail = deque([(self._since, 0)])

    @abstractmethod
    def add(self, event: dict[str, Any]) -> None:
        """Takes note of an event of the batches' own, by the fields of its dataclass."""

    @abstractmethod
    def rows(self) -> list[dict[str, object]]:
        """What came of it until now, as a table: one row an environment."""

    @abstractmethod
    def share(self) -> float:
        """How far the run is, from 0 to 1."""

    def count(self) -> None:
        """Has the figures of this process say how far the run is."""
        counts.PROGRESS.set(self.share())

    def add_pulse(self, pulse: Pulse) -> None:
        """Takes note of how a batch fares now."""
        self.plan.fares(pulse)
        before = self._pulses.get(pulse.batch)
        if before is not None and before.attempt != pulse.attempt:
            self._completions += before.completions
        self._pulses[pulse.batch] = pulse

    def over(self, batch: Batch[Any], done: BatchDone) -> None:
        """Takes note of a batch's end."""
        self._pulses.pop(batch.name, None)
        self._completions += done.asked

    def done(self) -> int:
        """How many jobs are over."""
        return self.plan.ended + sum(pulse.jobs_done for pulse in self._pulses.values())

    def figures(self) -> dict[str, str]:
        """The state of the run, by name."""
        pulses = list(self._pulses.values())
        done = self.done()
        running = sum(pulse.jobs - pulse.jobs_done - pulse.jobs_waiting for pulse in pulses)
        completions = self._completions + sum(pulse.completions for pulse in pulses)
        processes = {pulse.process: pulse for pulse in pulses}.values()
        complaints = sorted({complaint for pulse in processes for complaint in pulse.complaints})
        return {
            self.unit: f"{done} done, {running} running, {self.plan.most_jobs - done - running} waiting at most",
            "completions": f"{completions}, {self._a_minute(completions):.0f} a minute",
            "requests": f"{sum(each.busy for each in processes)} of {sum(each.slots for each in processes)} slots busy",
            "spent": self._spent(pulses),
            "time": self.time(),
        } | ({"servers": "; ".join(complaints)} if complaints else {})

    def time(self) -> str:
        """The time gone, and what is left by how far the run is."""
        gone, share = time.monotonic() - self._since, self.share()
        left = f"about {_duration(gone * (1 - share) / share)} left" if share else "time left not known yet"
        return f"{_duration(gone)} gone, {left}"

    def _a_minute(self, completions: int) -> float:
        now = time.monotonic()
        self._trail.append((now, completions))
        while now - self._trail[0][0] > RATE_WINDOW_S:
            self._trail.popleft()
        since, before = self._trail[0]
        return 60 * (completions - before) / max(now - since, 1)

    def _spent(self, pulses: Sequence[Pulse]) -> str:
        caps, spent = self._settings.caps, self.plan.budget.spent
        tokens = spent.tokens + sum(pulse.spent.tokens for pulse in pulses)
        dollars = spent.dollars + sum(pulse.spent.dollars for pulse in pulses)
        told = [f"{tokens:,}" + (f" of {caps.tokens:,}" if caps.tokens is not None else "") + " tokens"]
        if dollars or caps.dollars is not None:
            told.append(f"${dollars:,.2f}" + (f" of ${caps.dollars:,.2f}" if caps.dollars is not None else ""))
        return ", ".join(told)


class ProblemProgress(Progress):
    """What is reported of problems, each of them once it is graded: its `number`, and its `fault` if it could not be."""

    unit = "problems"

    def __init__(self, plan: Dispatch[Any], settings: Settings) -> None:
        super().__init__(plan, settings)
        self._known: dict[int, Any] = {}

    def done(self) -> int:
        """How many are over: of a batch that a cap cut short, not all."""
        return len(self._known)

    def share(self) -> float:
        """By the problems, or by a cap that is nearer."""
        return max(len(self._known) / max(1, self.plan.most_jobs), self.plan.budget.share())

    def faults(self) -> list[str]:
        """Why problems have no grades."""
        return [each.fault for each in self._known.values() if each.fault]


class Watch:
    """A run's progress, as the cluster reports it, in the terminal and in Prefect's UI."""

    def __init__(self, client: distributed.Client, run_id: str, progress: Progress, data_root: str) -> None:
        self.progress = progress
        self._data_root = data_root
        self._client = client
        self._topic = TOPIC.format(run_id=run_id)
        self._shown = 0.0
        self._events: queue.SimpleQueue[str] = queue.SimpleQueue()

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """The terminal's display, and the artifacts which `refresh` brings up to date."""
        title = self.progress.title
        bar, table = (
            create_progress_artifact(0.0, key="progress", description=f"How far the {title} is"),
            create_table_artifact(self.progress.rows(), key=title, description=title.capitalize()),
        )
        assert isinstance(bar, UUID)
        assert isinstance(table, UUID)
        self._bar, self._table = bar, table
        self._client.subscribe_topic(self._topic, self._heard)
        try:
            # Refreshed by the flow's own thread alone, which is the one that changes what is shown.
            console = Console(stderr=True)
            with Live(console=console, auto_refresh=False) as self._live:
                yield
                self.refresh(at_once=True)
            if not console.is_terminal:
                console.print()
        finally:
            self._client.unsubscribe_topic(self._topic)

    def take_in(self) -> None:
        """Counts what the cluster has reported: of a batch that is over, all."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._take(self._events.get_nowait())

    def refresh(self, at_once: bool = False) -> None:
        """Brings the artifacts up to date, every few seconds."""
        self._live.update(self._renderable(), refresh=True)
        self.progress.count()
        if not at_once and time.monotonic() - self._shown < ARTIFACTS_S:
            return
        self._shown = time.monotonic()
        write_targets(self._client, self._data_root)
        told = "; ".join(f"{name}: {figure}" for name, figure in self.progress.figures().items())
        try:
            update_progress_artifact(self._bar, progress=100.0 * self.progress.share(), description=told)
            with get_client(sync_client=True) as client:
                client.update_artifact(self._table, ArtifactUpdate(data=json.dumps(self.progress.rows())))
        except httpx.HTTPError as error:
            # A night's work does not end because its display can't be written.
            get_run_logger().warning("Prefect's server does not take the progress: %r", error)

    def _renderable(self) -> RenderableType:
        rows = self.progress.rows()
        table = Table(*rows[0], box=None, header_style="bold")
        for row in rows:
            table.add_row(*map(str, row.values()))
        figures = Table.grid(padding=(0, 2))
        figures.add_row("", ProgressBar(total=1, completed=self.progress.share(), width=60))
        for name, figure in self.progress.figures().items():
            figures.add_row(f" {name}", figure)
        return Group(table, figures)

    def _heard(self, message: tuple[float, str]) -> None:
        """Called on the cluster client's thread."""
        self._events.put(message[1])

    def _take(self, said: str) -> None:
        event: dict[str, Any] = json.loads(said)
        if event.pop("kind") == "Pulse":
            self.progress.add_pulse(Pulse(**event | {"spent": Spent(**event["spent"])}))
        else:
            self.progress.add(event)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
