"""Follows a training: its steps in the terminal and as a table of the run, until it ends."""

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import httpx
from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from rich.console import Console
from rich.status import Status

from steppingstone.errors import BadInput, InfrastructureError
from steppingstone.training import measures, plan
from steppingstone.training.measures import Measures
from tasks.progress import tell

LOG = "trainer.log"
LOOK_S, TABLE_S = 1.0, 5.0
BAD_INPUT = 2
SHARE = 10


@task(
    name="train",
    task_run_name="train",
    description="The trainer is at work; the table has its latest step, by environment and tier",
    tags=["train"],
    persist_result=False,
    cache_policy=NO_CACHE,
)
def follow(folder: str, trainer: subprocess.Popen[bytes]) -> None:
    """Returns when the trainer has trained. Raises `BadInput` for what it can't use, `InfrastructureError` if it failed."""
    metrics = Path(folder) / plan.METRICS
    shown = Shown()
    with Console(stderr=True).status("the trainer starts") as status:
        while trainer.poll() is None:
            time.sleep(LOOK_S)
            shown.refresh(status, measures.last_step(metrics))
    _check_end(trainer.returncode, Path(folder) / LOG)
    rows = [row for row in measures.read(metrics) if row.tier == measures.ALL]
    tell(f"{rows[-1].step} steps are trained: {course(rows)}")
    tell(f"The measures of each step are in {metrics}, and the policy is in {Path(folder) / plan.MODEL}")


def course(steps: Sequence[Measures]) -> str:
    """How the reward went, by the first and the last tenth of the steps."""
    part = max(1, len(steps) // SHARE)
    first, last = (_mean_reward(some) for some in (steps[:part], steps[-part:]))
    return f"the reward was {first:.3f} in the first {part}, and {last:.3f} in the last"


class Shown:
    """What is seen of a training that goes on."""

    def __init__(self) -> None:
        self._table: UUID | None = None
        self._at = 0.0

    def refresh(self, status: Status, rows: Sequence[Measures]) -> None:
        """The latest step in the terminal, and in a table of the run every few seconds."""
        if not rows:
            return
        first = rows[0]
        reward = "none graded" if first.reward is None else f"{first.reward:.3f}"
        status.update(
            f"step {first.step}: reward {reward}, entropy {first.entropy:.3f}, groups without signal {first.without_signal:.0%}"
        )
        if time.monotonic() - self._at > TABLE_S:
            self._at = time.monotonic()
            self._show([asdict(row) for row in rows])

    def _show(self, rows: list[dict[str, object]]) -> None:
        try:
            if self._table is None:
                made = create_table_artifact(rows, key="training", description="The latest step, by environment and tier")
                assert isinstance(made, UUID)
                self._table = made
            else:
                with get_client(sync_client=True) as client:
                    client.update_artifact(self._table, ArtifactUpdate(data=json.dumps(rows)))
        except httpx.HTTPError as error:
            # Training does not end because its display can't be written.
            get_run_logger().warning("Prefect's server does not take the table: %r", error)


def _check_end(code: int, log: Path) -> None:
    if code == 0:
        return
    # What begins so is TRL's figures of a step.
    lines = [line for line in log.read_text("utf-8", errors="replace").splitlines() if line.strip() and line[0] != "{"]
    if code == BAD_INPUT:
        raise BadInput(lines[-1])
    raise InfrastructureError(
        f"the trainer ended with exit code {code}; the end of {log}: {' | '.join(lines[-5:])[-2000:]}. "
        "The same command goes on from its last checkpoint"
    )


def _mean_reward(steps: Sequence[Measures]) -> float:
    rewards = [row.reward for row in steps if row.reward is not None]
    return sum(rewards) / max(1, len(rewards))
