"""The verb split: writes the tables easy, medium and hard."""

from collections.abc import Mapping
from dataclasses import dataclass

from prefect import task

from expectations import Rules, check, check_balance
from steppingstone.settings import TargetSettings
from steppingstone.tables import TIERS
from steppingstone.tiers import write_tiers
from tasks.validate import Held, judge


@dataclass(frozen=True, slots=True)
class Split:
    """The number of problems in each tier's table, and how their gates came out."""

    rows: Mapping[str, int]
    held: tuple[Held, ...]


@task(
    name="split",
    task_run_name="split",
    description="Writes the tables easy, medium and hard by pass rate, and holds them to their suite",
    tags=["gate"],
)
def split(draft: str, rules: Rules, targets: Mapping[str, TargetSettings]) -> Split:
    """Writes the tier tables of a draft, no larger than the targets.

    Raises `GateFailed` if one of them breaks its suite, or an environment falls short of its due by more than the rules allow.
    """
    rows = write_tiers(draft, targets)
    results = [*(check(draft, tier, rules) for tier in TIERS), check_balance(draft, rules)]
    return Split(rows, judge(draft, results))
