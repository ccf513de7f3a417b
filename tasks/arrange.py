"""The verb arrange: puts the dataset's problems into the curricula that trainers read."""

from collections.abc import Mapping

from prefect import task

from steppingstone.curricula import Arranged, write_curricula
from steppingstone.settings import CurriculumSettings
from tasks.progress import tell
from tasks.show import show_table


@task(
    name="arrange",
    task_run_name="arrange",
    description="Writes the curricula: ordered tables of problems, with stages and sampling weights",
    tags=["curate"],
)
def arrange(
    dataset: str, curricula: Mapping[str, CurriculumSettings], random_seed: int, held_out: float = 0.0
) -> tuple[Arranged, ...]:
    """Writes the curricula of a dataset and their controls, and says what they hold and what they are short of."""
    arranged = write_curricula(dataset, curricula, random_seed, held_out)
    tell("Curricula: " + ", ".join(f"{each.name} {each.rows:,}" for each in arranged))
    for each in arranged:
        for shortage in each.shortages:
            tell(f"Curriculum {each.name} is short: {shortage}")
    rows = [{"curriculum": each.name, "kind": each.kind, "rows": each.rows, "short": _short(each)} for each in arranged]
    show_table("curricula", rows, "What do the curricula hold, and what are they short of?")
    return arranged


def _short(arranged: Arranged) -> str:
    return "; ".join(map(str, arranged.shortages))
