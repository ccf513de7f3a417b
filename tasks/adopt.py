"""The verb adopt: real problems with their tests, beside the generated ones."""

import time

from prefect import task

from steppingstone.real.adoption import Adopted
from steppingstone.real.adoption import adopt as adopt_problems
from steppingstone.settings import Settings
from tasks.extract import run_of
from tasks.progress import tell

TOLD_S = 10


@task(
    name="adopt",
    task_run_name="adopt",
    description="Proves the references of real problems in the sandbox, and adds the problems to the draft",
    tags=["sandbox"],
)
def adopt(draft: str, settings: Settings) -> Adopted:
    """Adds the real problems of the settings, if there are any, to a draft. Done again it replaces what it added."""
    if not settings.real.paths:
        return Adopted()
    adopted = adopt_problems(draft, run_of(draft), settings, _Progress().hear)
    tell(f"Real problems: {_said(adopted)}")
    return adopted


class _Progress:
    """Says every few seconds how far it is."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def hear(self, adopted: Adopted) -> None:
        if time.monotonic() - self._told >= TOLD_S:
            self._told = time.monotonic()
            tell(f"Real problems so far: {_said(adopted)}")


def _said(adopted: Adopted) -> str:
    return f"{adopted.problems} adopted, {adopted.rejected} turned away, {adopted.passed_over} known already or given twice"
